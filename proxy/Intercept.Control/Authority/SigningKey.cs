using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>A key that signs certificates: P-256 when made here, any sound EC or RSA key when supplied.</summary>
internal sealed class SigningKey : IDisposable
{
    private const int ShortestRsa = 2048;

    private readonly AsymmetricAlgorithm _key;

    private SigningKey(AsymmetricAlgorithm key, X509SignatureGenerator generator, HashAlgorithmName hash)
    {
        _key = key;
        Generator = generator;
        Hash = hash;
    }

    /// <summary>One use at a time: the key beneath does not promise more.</summary>
    public X509SignatureGenerator Generator { get; }

    public HashAlgorithmName Hash { get; }

    public PublicKey PublicKey => Generator.PublicKey;

    public static SigningKey Create() => Of(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <param name="pem">PKCS#8, SEC 1 or PKCS#1.</param>
    /// <param name="source">For people: the file.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "TryRead disposes what it does not return.")]
    public static SigningKey Read(ReadOnlySpan<char> pem, string source)
    {
        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new AuthorityException($"{source} holds an encrypted key: nobody is here to type its password; store it decrypted with mode 0600");
        }

        return TryRead(ECDsa.Create(), pem) is { } elliptic ? Of((ECDsa)elliptic)
            : TryRead(RSA.Create(), pem) is { } rsa ? Of((RSA)rsa, source)
            : throw new AuthorityException($"{source} holds no EC or RSA private key in PEM (PKCS#8, SEC 1 or PKCS#1)");
    }

    public string ToPem() => _key.ExportPkcs8PrivateKeyPem();

    public void Dispose() => _key.Dispose();

    private static SigningKey Of(ECDsa key) =>
        new(key, X509SignatureGenerator.CreateForECDsa(key), key.KeySize > 256 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256);

    private static SigningKey Of(RSA key, string source) => key.KeySize >= ShortestRsa
        ? new(key, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256)
        : throw new AuthorityException($"{source} holds an RSA key of {key.KeySize} bits, allowed: {ShortestRsa} or more");

    private static AsymmetricAlgorithm? TryRead(AsymmetricAlgorithm key, ReadOnlySpan<char> pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return null;
        }
    }
}
