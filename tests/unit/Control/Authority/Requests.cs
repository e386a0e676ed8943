using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>Certificate requests as proxies send them, and as they should not.</summary>
internal static class Requests
{
    internal static string Good(params string[] uris) => With(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256, Uris(uris));

    internal static string With(AsymmetricAlgorithm key, HashAlgorithmName hash, params X509Extension[] extensions)
    {
        using (key)
        {
            var request = key is RSA rsa
                ? new CertificateRequest("", rsa, hash, RSASignaturePadding.Pkcs1)
                : new CertificateRequest("", (ECDsa)key, hash);
            foreach (var extension in extensions)
            {
                request.CertificateExtensions.Add(extension);
            }

            return request.CreateSigningRequestPem();
        }
    }

    internal static X509Extension[] Uris(params string[] uris) => uris.Length == 0 ? [] : [Names(writer =>
    {
        foreach (var uri in uris)
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        }
    })];

    internal static X509Extension HostName(string name) =>
        Names(writer => writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2)));

    internal static string Changed(string pem, Action<byte[]> change, int extraBytes = 0)
    {
        var found = PemEncoding.Find(pem);
        var der = Convert.FromBase64String(pem[found.Base64Data]);
        change(der);
        Array.Resize(ref der, der.Length + extraBytes);
        return PemEncoding.WriteString("CERTIFICATE REQUEST", der);
    }

    private static X509Extension Names(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            write(writer);
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }
}
