using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Serving;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

/// <summary>The certificate of our own TLS ports, from our own authority, renewed at half of its life without a restart.</summary>
internal sealed class ServerCertificate : IServerTls
{
    private readonly CertificateAuthority _authority;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private volatile SslStreamCertificateContext _context;
    private DateTimeOffset _renewal;

    public ServerCertificate(CertificateAuthority authority, TimeProvider time, ILogger log)
    {
        _authority = authority;
        _time = time;
        _log = log;
        _context = Renew();
    }

    /// <inheritdoc/>
    [SuppressMessage("Security", "CA5359", Justification = "CertificateKind checks it before it means anything.")]
    public SslServerAuthenticationOptions OptionsFor(string? serverName) => new()
    {
        ServerCertificateContext = _context,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = TakeAny,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };

    public void Check()
    {
        if (_time.GetUtcNow() >= _renewal)
        {
            _context = Renew();
        }
    }

    // The handshake only shows that the caller has the key. Whose it is, CertificateKind decides: a caller whose certificate
    // has ended must still get in to show a token for the next one.
    private static bool TakeAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => true;

    private SslStreamCertificateContext Renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = _authority.IssueServer(new PublicKey(key));
        _renewal = issued.Validity.Half;
        AuthorityLog.ServerRenewed(_log, issued.Validity.NotAfter);

        // Neither is disposed: handshakes use them until the last one that began with them is over.
        return SslStreamCertificateContext.Create(issued.Leaf.CopyWithPrivateKey(key), [.. issued.Authority.Chain], offline: true);
    }
}
