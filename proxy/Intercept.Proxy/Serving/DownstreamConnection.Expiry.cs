using Intercept.Core.Outcomes;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Serving;

/// <summary>
/// No connection outlives a certificate that it was made with, ours or the peer's. In the last tenth of its life it is
/// closed as soon as nothing moves on it, so that not all of one certificate end in one moment; at the latest shortly
/// before the end.
/// </summary>
internal sealed partial class DownstreamConnection
{
    // Before the expiry, so that what is a second late is not too late.
    private static readonly TimeSpan _expiryMargin = TimeSpan.FromSeconds(2);

    // Of a certificate that lives for a day, its last minutes are enough.
    private static readonly TimeSpan _longestEnding = TimeSpan.FromMinutes(5);

    private DateTimeOffset _validUntil = DateTimeOffset.MaxValue;
    private long _bytesAtLastLook = -1;

    /// <summary>Loop milliseconds from which on it should end.</summary>
    public long EndsFrom { get; private set; } = long.MaxValue;

    /// <summary>Ends it when its certificate is about to expire.</summary>
    /// <returns>Whether it was ended.</returns>
    public bool EndWithCertificate()
    {
        if (_worker.Loop.Now < EndsFrom || _reason != CloseReason.None)
        {
            return false;
        }

        var bytes = _relay is null ? 0 : _relay.BytesToUpstream + _relay.BytesToDownstream;
        var isIdle = bytes == _bytesAtLastLook;
        _bytesAtLastLook = bytes;
        if (!isIdle && _worker.Services.Time.GetUtcNow() < _validUntil - _expiryMargin)
        {
            return false;
        }

        Close(CloseReason.CertificateExpiring);
        return true;
    }

    private void NoteExpiry(DateTimeOffset? validUntil)
    {
        if (validUntil is not { } until || until >= _validUntil)
        {
            return;
        }

        _validUntil = until;
        var left = until - _worker.Services.Time.GetUtcNow() - _expiryMargin;
        var ending = left / 10 < _longestEnding ? left / 10 : _longestEnding;
        EndsFrom = _worker.Loop.Now + (long)Math.Max(0, (left - ending).TotalMilliseconds);
        _worker.NoteExpiry(EndsFrom);
    }

    /// <returns>False, and the connection ends, when the TLS that it needs has no certificate or trust.</returns>
    private bool HasContext(ClientTls? tls) =>
        tls is null || tls.Source.IsUsable || End(tls.Source.Absence.Reason, tls.Source.Absence.Detail);
}
