using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Tests.Conformance.Peers;

/// <summary>An authority and what it issued, as PEM files in a folder.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;
    private readonly string _folder;

    public TestCertificates(string folder, string name)
    {
        _folder = Path.Combine(folder, name);
        Directory.CreateDirectory(_folder);
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    public string AuthorityFile => Path.Combine(_folder, "ca.pem");

    /// <summary>A chain and a key, for a server under a DNS name and for a client alike.</summary>
    public (string Chain, string Key) Issue(string name)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        return Issue(name, names.Build());
    }

    /// <summary>A chain and a key for a workload.</summary>
    /// <param name="file">What the files are called.</param>
    public (string Chain, string Key) IssueWorkload(string file, string identity)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(identity));
        return Issue(file, names.Build());
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    private (string Chain, string Key) Issue(string name, X509Extension names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names);
        using var issued = request.Create(
            _authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_key),
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddHours(1),
            RandomNumberGenerator.GetBytes(8));
        var (chainFile, keyFile) = (Path.Combine(_folder, $"{name}.pem"), Path.Combine(_folder, $"{name}.key"));
        File.WriteAllText(chainFile, issued.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (chainFile, keyFile);
    }
}
