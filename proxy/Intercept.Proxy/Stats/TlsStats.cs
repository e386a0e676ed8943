using Intercept.Runtime.Tls;

namespace Intercept.Proxy.Stats;

/// <summary>*.ssl.*, as Envoy names it.</summary>
internal sealed class TlsStats(StatRegistry registry, string scope, StatLabel label)
{
    private readonly Counter _handshakes = registry.Counter(scope, label, "ssl.handshake");
    private readonly Counter _resumed = registry.Counter(scope, label, "ssl.session_reused");
    private readonly Counter _errors = registry.Counter(scope, label, "ssl.connection_error");
    private readonly Counter _timeouts = registry.Counter(scope, label, "ssl.handshake_timeout");
    private readonly Counter _noCertificate = registry.Counter(scope, label, "ssl.fail_verify_no_cert");
    private readonly Counter _badChain = registry.Counter(scope, label, "ssl.fail_verify_error");
    private readonly Counter _badSan = registry.Counter(scope, label, "ssl.fail_verify_san");

    /// <summary>Plaintext where TLS was required.</summary>
    public Counter PlaintextRefused { get; } = registry.Counter(scope, label, "ssl.plaintext_refused");

    public void Note(in HandshakeResult result, bool isResumed)
    {
        switch (result.Outcome)
        {
            case HandshakeOutcome.Completed:
                _handshakes.Add();
                if (isResumed)
                {
                    _resumed.Add();
                }

                break;
            case HandshakeOutcome.TimedOut:
                _timeouts.Add();
                break;
            case HandshakeOutcome.PeerRefused:
                (result.Verdict switch
                {
                    PeerVerdict.NoCertificate => _noCertificate,
                    PeerVerdict.NoUriSan or PeerVerdict.SeveralUriSans or PeerVerdict.MalformedSpiffeId
                        or PeerVerdict.TrustDomainRefused or PeerVerdict.SanRefused => _badSan,
                    _ => _badChain,
                }).Add();
                break;
            case HandshakeOutcome.Aborted:
                break;
            default:
                _errors.Add();
                break;
        }
    }
}
