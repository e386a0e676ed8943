using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>Why a handshake failed, for the access log.</summary>
internal static class HandshakeText
{
    public static string Describe(in HandshakeResult result)
    {
        var what = result.Outcome == HandshakeOutcome.PeerRefused ? result.Verdict.ToString() : result.Outcome.ToString();
        return result.Detail.Length > 0 ? $"{what}: {result.Detail}" : what;
    }
}
