namespace Intercept.Runtime.Tls;

/// <param name="Outcome">How it ended.</param>
/// <param name="Verdict">What became of the peer's certificate.</param>
/// <param name="Detail">For the log: OpenSSL's words, the SAN in question.</param>
public readonly record struct HandshakeResult(HandshakeOutcome Outcome, PeerVerdict Verdict, string Detail)
{
    public bool IsCompleted => Outcome == HandshakeOutcome.Completed;
}
