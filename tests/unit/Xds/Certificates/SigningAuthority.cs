using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>A root and an authority below it, and certificates for requests: right ones, and those that no CA should give.</summary>
internal sealed class SigningAuthority : IDisposable
{
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public SigningAuthority(DateTimeOffset now, string name = "root", TimeSpan? life = null)
    {
        _root = Authority($"CN={name}", _rootKey).CreateSelfSigned(now.AddDays(-10), now + (life ?? TimeSpan.FromDays(3650)));
        _intermediate = Authority($"CN={name} issuing", _key).Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), now.AddDays(-9), now + (life ?? TimeSpan.FromDays(365)), [1]);
    }

    public X509Certificate2 Root => _root;

    public string RootPem => _root.ExportCertificatePem();

    public string IntermediatePem => _intermediate.ExportCertificatePem();

    /// <summary>A certificate with a key of its own, for a server or a source that makes keys.</summary>
    public (X509Certificate2 Certificate, ECDsa Key) Issue(string[] uris, DateTimeOffset notBefore, DateTimeOffset notAfter, Action<CertificateRequest>? change = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return (Sign(new PublicKey(key), uris, notBefore, notAfter, change), key);
    }

    /// <summary>Of a server, directly below the root, with its key.</summary>
    public X509Certificate2 IssueServer(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), _root.NotBefore, _root.NotAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    public X509Certificate2 Sign(PublicKey key, string[] uris, DateTimeOffset notBefore, DateTimeOffset notAfter, Action<CertificateRequest>? change = null)
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        if (uris.Length > 0)
        {
            request.CertificateExtensions.Add(Names(uris));
        }

        change?.Invoke(request);
        return request.Create(_intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), notBefore, notAfter, RandomNumberGenerator.GetBytes(8));
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
        _rootKey.Dispose();
        _key.Dispose();
    }

    // Letter by letter: SubjectAlternativeNameBuilder takes a Uri, which mends what a test means to break.
    private static X509Extension Names(string[] uris)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in uris)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: true);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }
}
