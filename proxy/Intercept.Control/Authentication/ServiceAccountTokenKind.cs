using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Intercept.Control.Serving.Callers;
using Intercept.Core.Identity;

namespace Intercept.Control.Authentication;

/// <summary>Tokens of Kubernetes service accounts, which the API server reviews (authentication.k8s.io/v1 TokenReview).</summary>
/// <param name="audiences">A token must be made for one of these: for Istio's proxies "istio-ca".</param>
internal sealed class ServiceAccountTokenKind(
    KubernetesCalls kubernetes, TrustDomain trustDomain, ImmutableArray<string> audiences) : ICredentialKind
{
    private const string Path = "apis/authentication.k8s.io/v1/tokenreviews";
    private const string AccountsGroup = "system:serviceaccounts";
    private const string AccountPrefix = "system:serviceaccount:";
    private const string PodName = "authentication.kubernetes.io/pod-name";
    private const string PodUid = "authentication.kubernetes.io/pod-uid";

    // A projected token has one to two KiB. The longest that is passed on.
    private const int LongestToken = 16384;

    public async ValueTask<Caller?> TryAuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        if (credentials.BearerToken is not { Length: > 0 } token || JoinTokens.IsOne(token))
        {
            return null;
        }

        if (token.Length > LongestToken)
        {
            return Caller.Refused($"its token has {token.Length} characters");
        }

        var (answer, failure) = await kubernetes.CallAsync(Path, Review(token), cancellation);
        using (answer)
        {
            return answer is null ? Caller.Refused(failure ?? "the Kubernetes API reviews no tokens") : Read(answer.RootElement);
        }
    }

    private byte[] Review(string token)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "authentication.k8s.io/v1");
            json.WriteString("kind", "TokenReview");
            json.WriteStartObject("spec");
            json.WriteString("token", token);
            json.WriteStartArray("audiences");
            foreach (var audience in audiences)
            {
                json.WriteStringValue(audience);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private Caller Read(JsonElement review)
    {
        if (!review.TryGetObject("status", out var status) || !status.TryGetProperty("authenticated", out var authenticated)
            || authenticated.ValueKind != JsonValueKind.True)
        {
            return Caller.Refused($"the Kubernetes API does not know its token: {status.Text("error") ?? "no reason given"}");
        }

        // A server that does not know audiences says nothing of them: then the token may be for anybody.
        if (!status.Texts("audiences").Any(audience => audiences.Contains(audience)))
        {
            return Caller.Refused($"its token is not for {string.Join(" or ", audiences)}");
        }

        if (!status.TryGetObject("user", out var user) || !user.Texts("groups").Contains(AccountsGroup)
            || user.Text("username") is not { } name || !name.StartsWith(AccountPrefix, StringComparison.Ordinal)
            || name[AccountPrefix.Length..].Split(':') is not [var @namespace, var account]
            || !SpiffeId.TryParse($"{SpiffeId.Prefix}{trustDomain.Name}/ns/{@namespace}/sa/{account}", out var identity)
            || identity.Namespace != @namespace || identity.ServiceAccount != account)
        {
            return Caller.Refused("its token is of no service account");
        }

        var pod = user.TryGetObject("extra", out var extra)
            && extra.Texts(PodName).FirstOrDefault() is { } podName && extra.Texts(PodUid).FirstOrDefault() is { } podUid
            ? new CallerPod(@namespace, podName, podUid)
            : null;
        return new Caller { Description = $"service account {identity}", Identities = [identity], Pod = pod };
    }
}
