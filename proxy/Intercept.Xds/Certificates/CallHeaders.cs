using Grpc.Core;

namespace Intercept.Xds.Certificates;

/// <summary>Who calls, in the headers of a call to an Istio CA.</summary>
internal static class CallHeaders
{
    // A service account's token is 1 to 2 KB; what is longer is another file, and no server takes such a header.
    private const int LongestToken = 32 * 1024;

    public static Metadata? TryMake(IstioCaOptions options, out CertificateProblem problem)
    {
        problem = default;
        var headers = new Metadata();
        foreach (var (name, value) in options.Headers)
        {
            headers.Add(name, value);
        }

        if (options.ClusterId is { } cluster)
        {
            headers.Add("clusterid", cluster);
        }

        if (options.TokenPath is { } path)
        {
            if (TryReadToken(path, out var why) is not { } token)
            {
                problem = new CertificateProblem(CertificateFailure.Token, $"the token in {path} {why}");
                return null;
            }

            headers.Add("authorization", $"Bearer {token}");
        }

        return headers;
    }

    private static string? TryReadToken(string path, out string why)
    {
        try
        {
            if (new FileInfo(path).Length > LongestToken)
            {
                why = $"is longer than {LongestToken} bytes";
                return null;
            }

            var token = File.ReadAllText(path).Trim();
            why = token.Length == 0 ? "is empty" : "has characters that no token has";
            return token.Length > 0 && token.All(c => c is > ' ' and < '\x7f') ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            why = $"cannot be read: {exception.Message}";
            return null;
        }
    }
}
