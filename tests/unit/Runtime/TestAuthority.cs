using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>A certificate authority for one test, and the leaves that it should or should not have issued.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private int _serial;

    internal TestAuthority()
    {
        var request = new CertificateRequest("CN=test root", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-10), DateTimeOffset.Now.AddDays(10));
    }

    internal PemFile Bundle => Pem("ca.pem", _certificate.ExportCertificatePem());

    internal X509Certificate2 Certificate => _certificate;

    internal static PemFile Pem(string path, string text) => new(path, Encoding.ASCII.GetBytes(text));

    internal (PemFile Chain, PemFile Key) Issue(string uri) => Issue([uri]);

    internal (PemFile Chain, PemFile Key) Issue(
        string[] uris, TimeSpan? notBefore = null, TimeSpan? notAfter = null, AsymmetricAlgorithm? key = null)
    {
        using var fallback = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        key ??= fallback;
        var request = key is RSA rsa
            ? new CertificateRequest("", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        if (uris.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            foreach (var uri in uris)
            {
                names.AddUri(new Uri(uri));
            }

            request.CertificateExtensions.Add(names.Build(true));
        }

        var now = DateTimeOffset.Now;
        using var issued = request.Create(
            _certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            now + (notBefore ?? TimeSpan.FromHours(-1)),
            now + (notAfter ?? TimeSpan.FromHours(1)),
            BitConverter.GetBytes(++_serial));
        return (Pem("leaf.pem", issued.ExportCertificatePem()), Pem("leaf.key", key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
