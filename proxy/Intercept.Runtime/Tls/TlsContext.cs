using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>
/// One generation of certificate, trust and parameters for one side. Immutable and shared between loops; connections
/// keep their generation alive after it was replaced and disposed.
/// </summary>
public abstract class TlsContext : IDisposable
{
    private SslContext? _native;

    private protected TlsContext(TlsContextMaterial material)
    {
        _native = material.Native;
        Verifier = material.Verifier;
        Peer = material.Peer;
        LocalIdentity = material.LocalIdentity;
        CertificateExpiry = material.CertificateExpiry;
    }

    public PeerCertificateMode Peer { get; }

    /// <summary>The SPIFFE ID of our own certificate; null when we present none, or one without.</summary>
    public SpiffeId? LocalIdentity { get; }

    /// <summary>When our own certificate expires.</summary>
    public DateTimeOffset? CertificateExpiry { get; }

    internal PeerVerifier? Verifier { get; }

    internal SslContext Native => _native ?? throw new ObjectDisposedException(GetType().Name);

    /// <summary>Gives up the builder's hold. New connections need another generation; old ones go on.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Interlocked.Exchange(ref _native, null)?.Release();
}
