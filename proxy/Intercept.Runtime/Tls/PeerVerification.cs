namespace Intercept.Runtime.Tls;

/// <param name="Verdict">Accepted, or why not.</param>
/// <param name="Peer">The identity, when accepted.</param>
/// <param name="Detail">What an operator needs beside the verdict: the SAN in question, OpenSSL's words.</param>
internal readonly record struct PeerVerification(PeerVerdict Verdict, VerifiedPeer? Peer, string Detail)
{
    internal static PeerVerification Accepted(VerifiedPeer peer) => new(PeerVerdict.Accepted, peer, "");

    internal static PeerVerification Refused(PeerVerdict verdict, string detail) => new(verdict, null, detail);
}
