using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>A certificate with the key that signs in its name. Any thread; signatures are made one at a time.</summary>
internal sealed class Issuer : IDisposable
{
    // 128 bits: RFC 5280 allows 20 bytes and asks for a positive number.
    private const int SerialLength = 16;

    private static readonly X500DistinguishedName _noSubject = new("");

    private readonly Lock _signing = new();
    private readonly SigningKey _key;
    private readonly X509AuthorityKeyIdentifierExtension _keyIdentifier;

    /// <param name="certificate">Owned, as the key is.</param>
    public Issuer(X509Certificate2 certificate, SigningKey key)
    {
        Certificate = certificate;
        _key = key;
        Validity = ValidityOf(certificate);
        _keyIdentifier = X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            certificate, includeKeyIdentifier: HasKeyIdentifier(certificate), includeIssuerAndSerial: !HasKeyIdentifier(certificate));
    }

    public X509Certificate2 Certificate { get; }

    public Validity Validity { get; }

    public static Validity ValidityOf(X509Certificate2 certificate) =>
        new(new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime());

    /// <summary>A root, signed with its own key.</summary>
    public static X509Certificate2 SelfSigned(X500DistinguishedName subject, SigningKey key, Validity validity, ImmutableArray<X509Extension> extensions)
    {
        var request = Request(subject, key.PublicKey, key.Hash, extensions);
        return request.Create(subject, key.Generator, validity.NotBefore, validity.NotAfter, NewSerial());
    }

    /// <summary>A certificate without subject for somebody's key; its names are among the extensions.</summary>
    public X509Certificate2 Issue(PublicKey subjectKey, Validity validity, ImmutableArray<X509Extension> extensions) =>
        Issue(_noSubject, subjectKey, validity, extensions);

    public X509Certificate2 Issue(X500DistinguishedName subject, PublicKey subjectKey, Validity validity, ImmutableArray<X509Extension> extensions)
    {
        var request = Request(subject, subjectKey, _key.Hash, extensions);
        request.CertificateExtensions.Add(_keyIdentifier);
        lock (_signing)
        {
            return request.Create(Certificate.SubjectName, _key.Generator, validity.NotBefore, validity.NotAfter, NewSerial());
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static bool HasKeyIdentifier(X509Certificate2 certificate) => certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any();

    private static CertificateRequest Request(
        X500DistinguishedName subject, PublicKey key, HashAlgorithmName hash, ImmutableArray<X509Extension> extensions)
    {
        var request = new CertificateRequest(subject, key, hash, RSASignaturePadding.Pkcs1);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request;
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialLength);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }
}
