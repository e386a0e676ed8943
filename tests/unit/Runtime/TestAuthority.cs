using System.Formats.Asn1;
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
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(DateTimeOffset.Now.AddDays(-10), DateTimeOffset.Now.AddDays(10));
    }

    internal PemFile Bundle => Pem("ca.pem", _certificate.ExportCertificatePem());

    internal X509Certificate2 Certificate => _certificate;

    internal static PemFile Pem(string path, string text) => new(path, Encoding.ASCII.GetBytes(text));

    internal (PemFile Chain, PemFile Key) Issue(string uri) => Issue([uri]);

    internal (PemFile Chain, PemFile Key) Issue(
        string[] uris,
        TimeSpan? notBefore = null,
        TimeSpan? notAfter = null,
        AsymmetricAlgorithm? key = null,
        LeafOptions? options = null)
    {
        using var fallback = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        key ??= fallback;
        var request = key is RSA rsa
            ? new CertificateRequest("", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("", (ECDsa)key, HashAlgorithmName.SHA256);
        options ??= new LeafOptions();
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(options.IsAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(options.KeyUsage, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. options.Purposes.Select(oid => new Oid(oid))], false));

        // RFC 5280 4.2.1.1: how roots of one name are told apart while the old and the new one overlap.
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        if (uris.Length > 0)
        {
            request.CertificateExtensions.Add(new X509Extension("2.5.29.17", UriNames(uris), critical: true));
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

    // Letter by letter: SubjectAlternativeNameBuilder takes a Uri, which mends what a test means to break.
    private static byte[] UriNames(string[] uris)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in uris)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
            }
        }

        return writer.Encode();
    }

    /// <summary>What an SVID has; a test says what it changes.</summary>
    internal sealed record LeafOptions
    {
        internal const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
        internal const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

        internal bool IsAuthority { get; init; }

        internal X509KeyUsageFlags KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

        internal string[] Purposes { get; init; } = [ServerAuthentication, ClientAuthentication];
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
