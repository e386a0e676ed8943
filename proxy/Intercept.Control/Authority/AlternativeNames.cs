using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;

namespace Intercept.Control.Authority;

/// <summary>Subject alternative names: written letter by letter, and read strictly.</summary>
internal static class AlternativeNames
{
    public const string ObjectIdentifier = "2.5.29.17";

    private const string Allowed = "allowed: one URI with a SPIFFE ID";

    private static readonly Asn1Tag _dnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag _uri = new(TagClass.ContextSpecific, 6);
    private static readonly Asn1Tag _address = new(TagClass.ContextSpecific, 7);

    /// <summary>Of a signing certificate: its SPIFFE ID has no path.</summary>
    public static X509Extension OfAuthority(TrustDomain trustDomain) =>
        Of(isCritical: false, writer => WriteUri(writer, SpiffeId.Prefix + trustDomain.Name));

    /// <summary>Of a workload: critical, because the subject is empty.</summary>
    public static X509Extension OfWorkload(SpiffeId identity) => Of(isCritical: true, writer => WriteUri(writer, identity.Text));

    /// <param name="names">Host names and addresses.</param>
    public static X509Extension OfServer(IEnumerable<string> names) => Of(isCritical: true, writer =>
    {
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                writer.WriteOctetString(address.GetAddressBytes(), _address);
            }
            else
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, _dnsName);
            }
        }
    });

    /// <summary>Of a request or a certificate of ours: a workload's SPIFFE ID and nothing else.</summary>
    /// <param name="extensions">All of them, as they stand.</param>
    /// <param name="identity">Null where no names are given at all.</param>
    /// <param name="why">A clause that does not quote the names.</param>
    /// <exception cref="AsnContentException">The extension is no DER.</exception>
    public static bool TryRead(IEnumerable<AsnEncodedData> extensions, out SpiffeId? identity, [NotNullWhen(false)] out string? why)
    {
        identity = null;
        why = null;
        foreach (var extension in extensions.Where(extension => extension.Oid?.Value == ObjectIdentifier))
        {
            var reader = new AsnReader(extension.RawData, AsnEncodingRules.DER);
            var names = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            while (names.HasData)
            {
                why = identity is not null ? $"has several subject alternative names, {Allowed}"
                    : !names.PeekTag().HasSameClassAndValue(_uri) ? $"has a subject alternative name that is no URI, {Allowed}"
                    : !SpiffeId.TryParse(names.ReadCharacterString(UniversalTagNumber.IA5String, _uri), out identity) || identity.Path.IsEmpty
                        ? $"has a URI that is no workload's SPIFFE ID, {Allowed}"
                    : null;
                if (why is not null)
                {
                    identity = null;
                    return false;
                }
            }
        }

        return true;
    }

    // SubjectAlternativeNameBuilder takes a Uri, which rewrites what it parses.
    private static X509Extension Of(bool isCritical, Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            write(writer);
        }

        return new X509Extension(ObjectIdentifier, writer.Encode(), isCritical);
    }

    private static void WriteUri(AsnWriter writer, string text) => writer.WriteCharacterString(UniversalTagNumber.IA5String, text, _uri);
}
