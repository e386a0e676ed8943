using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;

namespace Intercept.Xds.Certificates;

/// <summary>The URIs among a certificate's subject alternative names, letter by letter: System.Uri would mend them.</summary>
internal static class UriNames
{
    private const string SubjectAlternativeName = "2.5.29.17";

    // GeneralName: uniformResourceIdentifier (RFC 5280, 4.2.1.6).
    private static readonly Asn1Tag _uri = new(TagClass.ContextSpecific, 6);

    /// <summary>Critical, since there is no subject beside it.</summary>
    public static X509Extension Extension(SpiffeId identity)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, identity.Text, _uri);
        }

        return new X509Extension(SubjectAlternativeName, writer.Encode(), critical: true);
    }

    /// <summary>Null when the names cannot be read.</summary>
    public static IReadOnlyList<string>? Of(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName))
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag() == _uri)
                    {
                        uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, _uri));
                    }
                    else
                    {
                        names.ReadEncodedValue();
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            return null;
        }

        return uris;
    }
}
