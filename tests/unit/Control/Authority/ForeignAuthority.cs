using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>An authority as an operator makes one with other tools.</summary>
internal sealed class ForeignAuthority : IDisposable
{
    private ForeignAuthority(AsymmetricAlgorithm key, X509Certificate2 certificate)
    {
        Key = key;
        Certificate = certificate;
    }

    internal AsymmetricAlgorithm Key { get; }

    internal X509Certificate2 Certificate { get; }

    internal string Pem => Certificate.ExportCertificatePem() + "\n";

    internal static ForeignAuthority Root(string name, AsymmetricAlgorithm key, DateTimeOffset now)
    {
        var request = Request(name, key, isAuthority: true);
        return new ForeignAuthority(key, request.Create(request.SubjectName, Generator(key), now.AddDays(-1), now.AddDays(900), [1]));
    }

    internal ForeignAuthority Below(string name, AsymmetricAlgorithm key) => Sign(name, key, isAuthority: true);

    internal ForeignAuthority Leaf(AsymmetricAlgorithm key) => Sign("leaf", key, isAuthority: false);

    public void Dispose()
    {
        Certificate.Dispose();
        Key.Dispose();
    }

    private static CertificateRequest Request(string name, AsymmetricAlgorithm key, bool isAuthority)
    {
        var subject = new X500DistinguishedName("CN=" + name);
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true));
        return request;
    }

    private static X509SignatureGenerator Generator(AsymmetricAlgorithm key) => key is RSA rsa
        ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
        : X509SignatureGenerator.CreateForECDsa((ECDsa)key);

    private ForeignAuthority Sign(string name, AsymmetricAlgorithm key, bool isAuthority) => new(
        key,
        Request(name, key, isAuthority).Create(
            Certificate.SubjectName, Generator(Key), Certificate.NotBefore.AddHours(1), Certificate.NotAfter.AddDays(-1), [(byte)(name.Length + 1)]));
}
