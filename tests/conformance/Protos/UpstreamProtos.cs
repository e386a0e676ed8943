using Intercept.Tests.Conformance.Peers;
using Intercept.Tests.Unit;

namespace Intercept.Tests.Conformance.Protos;

/// <summary>Our .proto files and those of upstream that have the same names.</summary>
internal static class UpstreamProtos
{
    // Not among the files that grpc-js-xds carries: our own, Istio's and SPIFFE's.
    private static readonly string[] _notEnvoys = ["intercept/", "istio/", "spiffe/"];

    private static readonly string _ourRoot = Path.Combine(Repository.Root, "proxy", "Intercept.Xds", "protos");

    public static async Task<(ProtoFiles Ours, ProtoFiles Upstream)> ReadBothAsync()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(_ourRoot, "*.proto", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_ourRoot, file))
                .Where(file => !_notEnvoys.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal))).Order(),
        ];
        var deps = await NodePackages.ProtosAsync();
        string[] roots = [.. ((string[])["envoy-api", "xds", "googleapis"]).Select(name => Path.Combine(deps, name))];
        var validation = Directory.CreateTempSubdirectory("intercept-protos-").FullName;
        try
        {
            await WriteValidationAsync(Path.Combine(deps, "protoc-gen-validate"), validation);
            return (await ProtoFiles.ReadAsync([_ourRoot], files), await ProtoFiles.ReadAsync([.. roots, validation], files));
        }
        finally
        {
            Directory.Delete(validation, recursive: true);
        }
    }

    // The package carries a validate.proto that is older than Envoy's files, which have an option that it does not know.
    private static async Task WriteValidationAsync(string from, string to)
    {
        const string file = "validate/validate.proto";
        const string message = "message StringRules {";
        Directory.CreateDirectory(Path.Combine(to, "validate"));
        var text = await File.ReadAllTextAsync(Path.Combine(from, file));
        Assert.Contains(message, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(to, file), text.Replace(message, $"{message} optional bool ignore_empty = 26;", StringComparison.Ordinal));
    }
}
