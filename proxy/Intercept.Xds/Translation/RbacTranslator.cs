using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Rbac.V3;
using Intercept.Core.Addressing;
using Intercept.Mesh.Policy;
using NetworkRbacProto = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using PermissionRule = Envoy.Config.Rbac.V3.Permission.RuleOneofCase;
using PrincipalRule = Envoy.Config.Rbac.V3.Principal.IdentifierOneofCase;

namespace Intercept.Xds.Translation;

internal sealed class RbacTranslator(TranslationScope scope)
{
    private readonly AddressTranslator _addresses = new(scope);
    private readonly StringMatcherTranslator _matchers = new(scope);

    public NetworkRbac? Translate(NetworkRbacProto filter, string path)
    {
        if (filter.StatPrefix.Length == 0)
        {
            scope.Missing($"{path}.stat_prefix", "text");
        }

        if (filter.Rules is not { } rules)
        {
            scope.Report($"{path}.rules", null, "is missing: the filter would let everyone in", "rules, with no policies to deny everyone");
            return null;
        }

        // Envoy keeps policies in a sorted map; the wire does not keep an order.
        var policies = rules.Policies.OrderBy(policy => policy.Key, StringComparer.Ordinal)
            .Select(policy => ToPolicy(policy.Key, policy.Value, $"{path}.rules.policies[\"{policy.Key}\"]"))
            .ToImmutableArray();
        return new NetworkRbac(filter.StatPrefix, (RbacAction)rules.Action, policies);
    }

    private RbacPolicy ToPolicy(string name, Policy policy, string path)
    {
        if (policy.Permissions.Count == 0)
        {
            scope.Missing($"{path}.permissions", "at least one permission, such as any: true");
        }

        if (policy.Principals.Count == 0)
        {
            scope.Missing($"{path}.principals", "at least one principal, such as any: true");
        }

        return new RbacPolicy(
            name,
            All(policy.Permissions, $"{path}.permissions", ToRule),
            All(policy.Principals, $"{path}.principals", ToRule));
    }

    private static ImmutableArray<RbacRule> All<T>(IReadOnlyList<T> items, string path, Func<T, string, RbacRule?> translate) =>
        [.. items.Select((item, i) => translate(item, $"{path}[{i}]")).OfType<RbacRule>()];

    private RbacRule? ToRule(Permission permission, string path) => permission.RuleCase switch
    {
        PermissionRule.Any => ToAny(permission.Any, $"{path}.any"),
        PermissionRule.AndRules => new AndRule(Set(permission.AndRules.Rules, $"{path}.and_rules.rules", ToRule)),
        PermissionRule.OrRules => new OrRule(Set(permission.OrRules.Rules, $"{path}.or_rules.rules", ToRule)),
        PermissionRule.NotRule => ToNot(ToRule(permission.NotRule, $"{path}.not_rule")),
        PermissionRule.DestinationIp => ToAddress(permission.DestinationIp, $"{path}.destination_ip", range => new DestinationAddressRule(range)),
        PermissionRule.DestinationPort => ToPort(permission.DestinationPort, $"{path}.destination_port"),
        PermissionRule.DestinationPortRange => ToPortRange(permission.DestinationPortRange, $"{path}.destination_port_range"),
        PermissionRule.RequestedServerName => ToServerName(permission.RequestedServerName, $"{path}.requested_server_name"),
        _ => MissingRule(path, "any, and_rules, or_rules, not_rule, destination_ip, destination_port, destination_port_range or requested_server_name"),
    };

    private RbacRule? ToRule(Principal principal, string path) => principal.IdentifierCase switch
    {
        PrincipalRule.Any => ToAny(principal.Any, $"{path}.any"),
        PrincipalRule.AndIds => new AndRule(Set(principal.AndIds.Ids, $"{path}.and_ids.ids", ToRule)),
        PrincipalRule.OrIds => new OrRule(Set(principal.OrIds.Ids, $"{path}.or_ids.ids", ToRule)),
        PrincipalRule.NotId => ToNot(ToRule(principal.NotId, $"{path}.not_id")),
        PrincipalRule.Authenticated => ToAuthenticated(principal.Authenticated, $"{path}.authenticated"),
        PrincipalRule.SourceIp => ToAddress(principal.SourceIp, $"{path}.source_ip", range => new SourceAddressRule(range)),
        PrincipalRule.DirectRemoteIp => ToAddress(principal.DirectRemoteIp, $"{path}.direct_remote_ip", range => new SourceAddressRule(range)),
        PrincipalRule.RemoteIp => ToAddress(principal.RemoteIp, $"{path}.remote_ip", range => new SourceAddressRule(range)),
        _ => MissingRule(path, "any, and_ids, or_ids, not_id, authenticated, source_ip, direct_remote_ip or remote_ip"),
    };

    // An empty set would match everything under "and" and nothing under "or"; Envoy refuses it too.
    private ImmutableArray<RbacRule> Set<T>(IReadOnlyList<T> items, string path, Func<T, string, RbacRule?> translate)
    {
        if (items.Count == 0)
        {
            scope.Missing(path, "at least one rule");
        }

        return All(items, path, translate);
    }

    private AnyRule? ToAny(bool any, string path)
    {
        if (any)
        {
            return AnyRule.Instance;
        }

        scope.Report(path, "false", "means nothing", "true, or not_rule / not_id around it");
        return null;
    }

    private static NotRule? ToNot(RbacRule? rule) => rule is null ? null : new NotRule(rule);

    private RbacRule? ToAddress(CidrRange range, string path, Func<Cidr, RbacRule> rule) =>
        _addresses.ToCidr(range, path) is { } cidr ? rule(cidr) : null;

    private DestinationPortRule? ToPort(uint port, string path)
    {
        if (port is 0 or > ushort.MaxValue)
        {
            scope.Report(path, $"{port}", "is not a port", "a port from 1 to 65535");
            return null;
        }

        return new DestinationPortRule((ushort)port, (ushort)port);
    }

    // Int32Range excludes its end.
    private DestinationPortRule? ToPortRange(Envoy.Type.V3.Int32Range range, string path)
    {
        if (range.Start is < 0 or > ushort.MaxValue || range.End is < 1 or > ushort.MaxValue + 1 || range.Start >= range.End)
        {
            scope.Report(path, $"[{range.Start}, {range.End})", "is not a range of ports", "start from 0 to 65535 and a greater end, which is not part of it");
            return null;
        }

        return new DestinationPortRule((ushort)range.Start, (ushort)(range.End - 1));
    }

    private ServerNameRule? ToServerName(Envoy.Type.Matcher.V3.StringMatcher matcher, string path) =>
        _matchers.Translate(matcher, path, allowsEmptyExact: true) is { } match ? new ServerNameRule(match) : null;

    private AuthenticatedRule? ToAuthenticated(Principal.Types.Authenticated authenticated, string path)
    {
        if (authenticated.PrincipalName is null)
        {
            return new AuthenticatedRule(null);
        }

        return _matchers.Translate(authenticated.PrincipalName, $"{path}.principal_name", allowsEmptyExact: false) is { } match
            ? new AuthenticatedRule(match)
            : null;
    }

    private RbacRule? MissingRule(string path, string allowed)
    {
        scope.Report(path, null, "says nothing", allowed);
        return null;
    }
}
