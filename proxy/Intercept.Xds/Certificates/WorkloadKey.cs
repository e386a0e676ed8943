using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;
using Intercept.Mesh.Tls;

namespace Intercept.Xds.Certificates;

/// <summary>The private key of a workload: made here, or brought by a source that makes it.</summary>
internal sealed class WorkloadKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private WorkloadKey(AsymmetricAlgorithm key) => _key = key;

    /// <summary>A new P-256 key. It is in this process alone, and on no disk.</summary>
    public static WorkloadKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>A key that a Workload API brings.</summary>
    public static WorkloadKey? TryReadPkcs8(ReadOnlyMemory<byte> der) =>
        TryRead(key =>
        {
            key.ImportPkcs8PrivateKey(der.Span, out var read);
            return read == der.Length;
        });

    /// <summary>A key that a secret discovery service brings: PKCS#8, SEC 1 or PKCS#1, unencrypted.</summary>
    public static WorkloadKey? TryReadPem(char[] pem) =>
        TryRead(key =>
        {
            key.ImportFromPem(pem);
            return true;
        });

    /// <summary>Asks for a certificate: no subject, the identity as the one name.</summary>
    public string CreateRequest(SpiffeId identity)
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), (ECDsa)_key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(UriNames.Extension(identity));
        return request.CreateSigningRequestPem();
    }

    public bool IsOf(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm? certified = _key is RSA ? certificate.GetRSAPublicKey() : certificate.GetECDsaPublicKey();
        return certified is not null && certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(_key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>PEM, PKCS#8; what it was made from is wiped.</summary>
    public ReadOnlyMemory<byte> Export()
    {
        var der = _key.ExportPkcs8PrivateKey();
        try
        {
            return WipedKey.Move(PemText.Encode(PemLabels.Pkcs8PrivateKey, der));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    public void Dispose() => _key.Dispose();

    [SuppressMessage("Reliability", "CA2000", Justification = "The one that could read goes out with the key.")]
    private static WorkloadKey? TryRead(Func<AsymmetricAlgorithm, bool> read)
    {
        foreach (var make in (ReadOnlySpan<Func<AsymmetricAlgorithm>>)[ECDsa.Create, RSA.Create])
        {
            var key = make();
            try
            {
                if (read(key))
                {
                    return new WorkloadKey(key);
                }
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                // A key of the other kind, or none: the next one tries.
            }

            key.Dispose();
        }

        return null;
    }
}
