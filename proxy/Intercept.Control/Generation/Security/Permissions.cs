using System.Globalization;
using Envoy.Config.Rbac.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Path.Match.UriTemplate.V3;
using Envoy.Type.Matcher.V3;
using Intercept.Core.Addressing;

namespace Intercept.Control.Generation.Security;

/// <summary>What a rule says about the destination, value by value.</summary>
internal static class Permissions
{
    public static Permission Any => new() { Any = true };

    /// <returns>Null for an attribute that this filter cannot see.</returns>
    public static Permission? Of(string attribute, string value, bool seesRequests) => attribute switch
    {
        "ports" or "destination.port" => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new Permission { DestinationPort = port }
            : null,
        "destination.ip" => Cidr.TryParse(value, out var range) ? new Permission { DestinationIp = Addresses.Range(range) } : null,
        "connection.sni" => new Permission { RequestedServerName = StringMatchers.Of(value) },
        _ when !seesRequests => null,
        "hosts" => Header(":authority", StringMatchers.Of(value, ignoreCase: true)),
        "methods" => Header(":method", StringMatchers.Of(value)),
        "paths" when value.Contains('{', StringComparison.Ordinal) => Template(value),
        "paths" => new Permission { UrlPath = new PathMatcher { Path = StringMatchers.Of(value) } },
        _ => null,
    };

    public static Permission All(List<Permission> permissions) => permissions.Count switch
    {
        0 => Any,
        1 => permissions[0],
        _ => new Permission { AndRules = new Permission.Types.Set { Rules = { permissions } } },
    };

    public static Permission AnyOf(List<Permission> permissions) =>
        permissions.Count == 1 ? permissions[0] : new Permission { OrRules = new Permission.Types.Set { Rules = { permissions } } };

    public static Permission Not(Permission permission) => new() { NotRule = permission };

    private static Permission Header(string name, StringMatcher value) =>
        new() { Header = new HeaderMatcher { Name = name, StringMatch = value } };

    private static Permission Template(string path)
    {
        // Istio writes {*} and {**}, Envoy * and **.
        var template = path.Replace("{**}", "**", StringComparison.Ordinal).Replace("{*}", "*", StringComparison.Ordinal);
        return new Permission
        {
            UriTemplate = new Envoy.Config.Core.V3.TypedExtensionConfig
            {
                Name = "uri-template",
                TypedConfig = new UriTemplateMatchConfig { PathTemplate = template }.Packed(),
            },
        };
    }
}
