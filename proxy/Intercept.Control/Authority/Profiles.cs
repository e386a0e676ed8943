using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;

namespace Intercept.Control.Authority;

/// <summary>The extensions of what is signed here: X509-SVID 4, RFC 5280 4.2.</summary>
internal static class Profiles
{
    private const string Rsa = "1.2.840.113549.1.1.1";

    private static readonly Oid _serverAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid _clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>A root signs intermediates and nothing below them; an intermediate signs leaves only.</summary>
    public static ImmutableArray<X509Extension> Authority(PublicKey key, TrustDomain trustDomain, int intermediatesBelow) =>
    [
        new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, intermediatesBelow, critical: true),
        new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true),
        new X509SubjectKeyIdentifierExtension(key, critical: false),
        AlternativeNames.OfAuthority(trustDomain),
    ];

    public static ImmutableArray<X509Extension> Workload(PublicKey key, SpiffeId identity) =>
        Leaf(key, AlternativeNames.OfWorkload(identity), _serverAuthentication, _clientAuthentication);

    /// <summary>Our own TLS ports.</summary>
    public static ImmutableArray<X509Extension> Server(PublicKey key, IEnumerable<string> names) =>
        Leaf(key, AlternativeNames.OfServer(names), _serverAuthentication);

    // RFC 8813: no keyEncipherment with an elliptic-curve key, whatever Istio's CA writes; TLS 1.3 asks for signatures alone.
    private static ImmutableArray<X509Extension> Leaf(PublicKey key, X509Extension names, params Oid[] purposes) =>
    [
        new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true),
        new X509KeyUsageExtension(
            key.Oid.Value == Rsa ? X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment : X509KeyUsageFlags.DigitalSignature,
            critical: true),
        new X509EnhancedKeyUsageExtension([.. purposes], critical: false),
        names,
    ];
}
