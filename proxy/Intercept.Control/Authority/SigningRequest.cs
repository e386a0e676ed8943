using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;

namespace Intercept.Control.Authority;

/// <summary>A PKCS#10 request that was checked: signed with the key that it is about, by algorithms that are sound, for one name at most.</summary>
/// <param name="Identity">The SPIFFE ID that it asks for; null where it leaves that to us.</param>
internal sealed record SigningRequest(PublicKey Key, SpiffeId? Identity)
{
    private const string Label = "CERTIFICATE REQUEST";
    private const string EllipticKey = "1.2.840.10045.2.1";
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string P256 = "1.2.840.10045.3.1.7";
    private const string P384 = "1.3.132.0.34";
    private const int ShortestRsa = 2048;
    private const int LongestRsa = 4096;

    // A request with an RSA key of 4096 bits and a SPIFFE ID of 2048 bytes is below 5 KiB as text.
    private const int LongestText = 8192;

    // ecdsa-with-SHA256, -SHA384, -SHA512; sha256, sha384, sha512WithRSAEncryption. What is missing is too weak, or is not verified by .NET.
    private static readonly string[] _signatures =
    [
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
        "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
    ];

    /// <param name="pem">As received.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="why">What is wrong with it: of its own sender's input, and without quoting it.</param>
    public static bool TryRead(string pem, [NotNullWhen(true)] out SigningRequest? request, [NotNullWhen(false)] out string? why)
    {
        request = null;
        why = null;
        if (pem.Length > LongestText)
        {
            why = $"has {pem.Length} characters, allowed: {LongestText}";
            return false;
        }

        if (!TryDecode(pem, out var der))
        {
            why = $"is not one PEM block '{Label}'";
            return false;
        }

        try
        {
            why = SignatureComplaint(der);
            if (why is not null)
            {
                return false;
            }

            var read = CertificateRequest.LoadSigningRequest(
                der, HashAlgorithmName.SHA256, out var consumed, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            why = consumed != der.Length ? "has bytes behind its end" : KeyComplaint(read.PublicKey) ?? ExtensionComplaint(read);
            if (why is not null || !AlternativeNames.TryRead(read.CertificateExtensions, out var identity, out why))
            {
                return false;
            }

            request = new SigningRequest(read.PublicKey, identity);
            return true;
        }
        catch (Exception failure) when (failure is CryptographicException or AsnContentException or ArgumentException or NotSupportedException)
        {
            why = "is malformed, or not signed with its own key";
            return false;
        }
    }

    private static bool TryDecode(string pem, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        if (!PemEncoding.TryFind(pem, out var found) || !pem.AsSpan()[found.Label].SequenceEqual(Label)
            || !pem.AsSpan()[..found.Location.Start].IsWhiteSpace() || !pem.AsSpan()[found.Location.End..].IsWhiteSpace())
        {
            return false;
        }

        der = new byte[found.DecodedDataLength];
        return Convert.TryFromBase64Chars(pem.AsSpan()[found.Base64Data], der, out var written) && written == der.Length;
    }

    private static string? SignatureComplaint(byte[] der)
    {
        var request = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        _ = request.ReadEncodedValue();
        var algorithm = request.ReadSequence().ReadObjectIdentifier();
        return _signatures.Contains(algorithm) ? null : $"is signed by {algorithm}, allowed: ECDSA or RSA (PKCS #1) with SHA-256, SHA-384 or SHA-512";
    }

    private static string? KeyComplaint(PublicKey key)
    {
        const string Allowed = "allowed: EC P-256 or P-384, RSA of 2048 to 4096 bits with an exponent of 65537";
        switch (key.Oid.Value)
        {
            case EllipticKey:
                using (var elliptic = key.GetECDsaPublicKey()!)
                {
                    var curve = elliptic.ExportParameters(includePrivateParameters: false).Curve;
                    return curve is { IsNamed: true, Oid.Value: P256 or P384 } ? null : $"has a key on another curve, {Allowed}";
                }

            case RsaKey:
                using (var rsa = key.GetRSAPublicKey()!)
                {
                    return rsa.KeySize is >= ShortestRsa and <= LongestRsa
                        && rsa.ExportParameters(includePrivateParameters: false).Exponent is [1, 0, 1]
                        ? null
                        : $"has an RSA key of {rsa.KeySize} bits, {Allowed}";
                }

            default:
                return $"has a key of the kind {key.Oid.Value}, {Allowed}";
        }
    }

    // Extensions are ours to write. Who asks to be an authority is told so, whatever else is ignored.
    private static string? ExtensionComplaint(CertificateRequest request) =>
        request.CertificateExtensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority)
            ? "asks for a certificate that signs others"
            : null;
}
