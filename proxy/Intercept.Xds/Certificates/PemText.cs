using System.Buffers.Text;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Xds.Certificates;

/// <summary>DER to PEM, in bytes from end to end: a key that passes through leaves no string behind.</summary>
internal static class PemText
{
    private const int BytesPerLine = 48;

    /// <summary>Writes one block; the caller wipes what it must not leave behind.</summary>
    public static byte[] Encode(string label, ReadOnlySpan<byte> der)
    {
        var lines = (der.Length + BytesPerLine - 1) / BytesPerLine;
        var text = new byte["-----BEGIN -----\n-----END -----\n".Length + (2 * label.Length) + Base64.GetMaxEncodedToUtf8Length(der.Length) + lines];
        var at = Put(text, 0, "-----BEGIN ", label);
        for (; der.Length > 0; der = der[Math.Min(BytesPerLine, der.Length)..])
        {
            Base64.EncodeToUtf8(der[..Math.Min(BytesPerLine, der.Length)], text.AsSpan(at), out _, out var written);
            at += written;
            text[at++] = (byte)'\n';
        }

        Put(text, at, "-----END ", label);
        return text;
    }

    /// <summary>Certificates one after the other.</summary>
    public static ReadOnlyMemory<byte> Certificates(IEnumerable<X509Certificate2> certificates) =>
        certificates.SelectMany(certificate => Encode(PemLabels.X509Certificate, certificate.RawDataMemory.Span)).ToArray();

    /// <summary>Certificates as PEM; anything between the blocks is passed over.</summary>
    public static X509Certificate2Collection? TryReadPem(ReadOnlySpan<char> text)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
            return certificates;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Certificates as DER, concatenated.</summary>
    public static X509Certificate2Collection? TryReadDer(ReadOnlySpan<byte> der)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            while (der.Length > 0)
            {
                _ = AsnDecoder.ReadEncodedValue(der, AsnEncodingRules.DER, out _, out _, out var length);
                certificates.Add(X509CertificateLoader.LoadCertificate(der[..length]));
                der = der[length..];
            }

            return certificates;
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            return null;
        }
    }

    private static int Put(byte[] text, int at, string boundary, string label)
    {
        foreach (var part in (ReadOnlySpan<string>)[boundary, label, "-----\n"])
        {
            at += System.Text.Encoding.ASCII.GetBytes(part, text.AsSpan(at));
        }

        return at;
    }
}
