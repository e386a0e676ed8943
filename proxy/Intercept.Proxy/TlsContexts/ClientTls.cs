using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>The connecting side of a cluster.</summary>
internal sealed class ClientTls(UpstreamTls configuration) : TlsSource
{
    private volatile TlsClientContext? _current;

    public UpstreamTls Configuration => configuration;

    public TlsClientContext Current => _current ?? throw new InvalidOperationException("used before it was loaded");

    public override SpiffeId? LocalIdentity => _current?.LocalIdentity;

    public override DateTimeOffset? CertificateExpiry => _current?.CertificateExpiry;

    protected override IEnumerable<(string Path, string Field)> Files
    {
        get
        {
            if (configuration.Certificate is CertificateFiles certificate)
            {
                yield return (certificate.ChainPath, "tls_certificates.certificate_chain");
                yield return (certificate.KeyPath, "tls_certificates.private_key");
            }

            if (configuration.Peer.Trust is TrustFile trust)
            {
                yield return (trust.Path, "validation_context.trusted_ca");
            }
        }
    }

    public override void Retire() => Interlocked.Exchange(ref _current, null)?.Dispose();

    protected override IDisposable? Build(PemFiles files, TimeProvider time, ICollection<Problem> problems)
    {
        TlsClientContext? built = null;
        var options = new TlsContextOptions
        {
            CertificateChain = configuration.Certificate is CertificateFiles chain ? files.Read(chain.ChainPath, "", problems) : null,
            PrivateKey = configuration.Certificate is CertificateFiles key ? files.Read(key.KeyPath, "", problems) : null,
            TrustBundle = configuration.Peer.Trust is TrustFile trust ? files.Read(trust.Path, "", problems) : null,
            Minimum = configuration.Parameters.Minimum.ToProtocol(),
            Maximum = configuration.Parameters.Maximum.ToProtocol(),
            CipherSuites = configuration.Parameters.CipherSuites,
            AlpnProtocols = configuration.Parameters.AlpnProtocols,
            Peer = PeerCertificateMode.Required,
            SessionResumption = configuration.ResumesSessions,
            PeerRule = configuration.Peer.ToPeerRule(() => built?.LocalIdentity),
        };
        if (!TlsClientContext.TryBuild(options, time, out built, out var found))
        {
            Report(found, problems);
            return null;
        }

        return Interlocked.Exchange(ref _current, built);
    }

    protected override CertificateStatus Describe(PemFiles files, TimeProvider time) =>
        new(
            configuration.Peer.Trust is TrustFile trust ? CertificateReading.Describe(files.Read(trust.Path, "", []), time) : [],
            configuration.Certificate is CertificateFiles certificate ? CertificateReading.Describe(files.Read(certificate.ChainPath, "", []), time) : []);
}
