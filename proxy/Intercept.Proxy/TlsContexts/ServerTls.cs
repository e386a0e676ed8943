using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Tls;
using PeerVerdict = Intercept.Runtime.Tls.PeerVerdict;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The accepting side of a filter chain.</summary>
internal sealed class ServerTls(DownstreamTls configuration) : TlsSource
{
    private volatile TlsServerContext? _current;

    public DownstreamTls Configuration => configuration;

    public TlsServerContext Current => _current ?? throw new InvalidOperationException("used before it was loaded");

    public override SpiffeId? LocalIdentity => _current?.LocalIdentity;

    public override DateTimeOffset? CertificateExpiry => _current?.CertificateExpiry;

    protected override IEnumerable<(string Path, string Field)> Files
    {
        get
        {
            yield return (configuration.Certificate.ChainPath, "tls_certificates.certificate_chain");
            yield return (configuration.Certificate.KeyPath, "tls_certificates.private_key");
            if (configuration.Peer is { } peer)
            {
                yield return (peer.TrustBundlePath, "validation_context.trusted_ca");
            }
        }
    }

    public override void Retire() => Interlocked.Exchange(ref _current, null)?.Dispose();

    protected override IDisposable? Build(PemFiles files, TimeProvider time, ICollection<Problem> problems)
    {
        TlsServerContext? built = null;
        var options = new TlsContextOptions
        {
            CertificateChain = files.Read(configuration.Certificate.ChainPath, "", problems),
            PrivateKey = files.Read(configuration.Certificate.KeyPath, "", problems),
            TrustBundle = configuration.Peer is { } bundle ? files.Read(bundle.TrustBundlePath, "", problems) : null,
            Minimum = configuration.Parameters.Minimum.ToProtocol(),
            Maximum = configuration.Parameters.Maximum.ToProtocol(),
            CipherSuites = configuration.Parameters.CipherSuites,
            AlpnProtocols = configuration.Parameters.AlpnProtocols,
            Peer = configuration switch
            {
                { Peer: null } => PeerCertificateMode.None,
                { RequiresClientCertificate: true } => PeerCertificateMode.Required,
                _ => PeerCertificateMode.Requested,
            },
            SessionResumption = configuration.ResumesSessions,
            PeerRule = configuration.Peer?.ToPeerRule(() => built?.LocalIdentity) ?? (static _ => PeerVerdict.Accepted),
        };
        if (!TlsServerContext.TryBuild(options, time, out built, out var found))
        {
            Report(found, problems);
            return null;
        }

        return Interlocked.Exchange(ref _current, built);
    }

    protected override CertificateStatus Describe(PemFiles files, TimeProvider time) =>
        new(
            configuration.Peer is { } peer ? CertificateReading.Describe(files.Read(peer.TrustBundlePath, "", []), time) : [],
            CertificateReading.Describe(files.Read(configuration.Certificate.ChainPath, "", []), time));
}
