using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Intercept.Core.Addressing;

namespace Intercept.Control.Generation.Security;

/// <summary>What a rule says about the source, value by value.</summary>
internal sealed class Principals(string trustDomain)
{
    private const string Scheme = "spiffe://";

    // In policies this name means the mesh's own trust domain, whatever that is called.
    private const string LocalTrustDomain = "cluster.local/";
    private const string HeaderAttribute = "request.headers[";

    public static Principal Any => new() { Any = true };

    /// <returns>Null for an attribute that this filter cannot see. Nothing here verifies tokens, so that what they say is not seen.</returns>
    public Principal? Of(string attribute, string value, bool seesRequests) => attribute switch
    {
        "principals" or "source.principal" => Authenticated(StringMatchers.Of(Local(value), Scheme)),
        "namespaces" or "source.namespace" => Authenticated(StringMatchers.Regex($".*/ns/{StringMatchers.Pattern(value)}/.*")),
        "serviceAccounts" or "source.serviceAccount" => Account(value),
        "trustDomains" or "source.trustDomain" => Authenticated(TrustDomain(value)),
        "ipBlocks" or "source.ip" => Cidr.TryParse(value, out var range) ? new Principal { DirectRemoteIp = Addresses.Range(range) } : null,
        "remoteIpBlocks" or "remote.ip" => Cidr.TryParse(value, out var range) ? new Principal { RemoteIp = Addresses.Range(range) } : null,
        _ when seesRequests && attribute.StartsWith(HeaderAttribute, StringComparison.Ordinal) && attribute.EndsWith(']') =>
            new Principal { Header = new HeaderMatcher { Name = attribute[HeaderAttribute.Length..^1], StringMatch = StringMatchers.Of(value) } },
        _ => null,
    };

    public static Principal All(List<Principal> principals) => principals.Count switch
    {
        0 => Any,
        1 => principals[0],
        _ => new Principal { AndIds = new Principal.Types.Set { Ids = { principals } } },
    };

    public static Principal AnyOf(List<Principal> principals) =>
        principals.Count == 1 ? principals[0] : new Principal { OrIds = new Principal.Types.Set { Ids = { principals } } };

    public static Principal Not(Principal principal) => new() { NotId = principal };

    private static Principal Authenticated(StringMatcher name) =>
        new() { Authenticated = new Principal.Types.Authenticated { PrincipalName = name } };

    private string Local(string principal) =>
        principal.StartsWith(LocalTrustDomain, StringComparison.Ordinal) ? $"{trustDomain}/{principal[LocalTrustDomain.Length..]}" : principal;

    private static Principal? Account(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? null : Authenticated(StringMatchers.Regex(
            $"{Scheme}.+/ns/{StringMatchers.Pattern(value[..slash])}/(.+/|)sa/{StringMatchers.Pattern(value[(slash + 1)..])}(/.+)?"));
    }

    private static StringMatcher TrustDomain(string value) => value switch
    {
        "*" => StringMatchers.Regex(".+"),
        [.., '*'] => new StringMatcher { Prefix = Scheme + value[..^1] },
        ['*', ..] => StringMatchers.Regex($"{Scheme}[^/]*{StringMatchers.Pattern(value[1..])}/.*"),
        _ => new StringMatcher { Prefix = $"{Scheme}{value}/" },
    };
}
