using System.Globalization;
using Envoy.Config.Rbac.V3;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;

namespace Intercept.Control.Generation.Security;

/// <summary>
/// One rule of an AuthorizationPolicy as one policy of RBAC. What a filter cannot see makes a rule narrower when it
/// allows, and wider when it denies or only reports: a rule that allows is left out as a whole, of the others that
/// attribute alone.
/// </summary>
internal sealed class RulePolicy(Principals principals, bool seesRequests, bool allows)
{
    /// <returns>Null when the rule is left out.</returns>
    public Policy? Build(AuthorizationRule rule)
    {
        var permissions = new List<Permission>();
        var sources = new List<Principal>();
        foreach (var operation in rule.To.DefaultIfEmpty(new RuleOperation()))
        {
            if (ToPermission(operation, rule.When) is not { } permission)
            {
                return null;
            }

            permissions.Add(permission);
        }

        foreach (var source in rule.From.DefaultIfEmpty(new RuleSource()))
        {
            if (ToPrincipal(source, rule.When) is not { } principal)
            {
                return null;
            }

            sources.Add(principal);
        }

        return new Policy { Permissions = { permissions }, Principals = { sources } };
    }

    private Permission? ToPermission(RuleOperation operation, ValueList<RuleCondition> conditions)
    {
        var all = new List<Permission>();
        var fields = new List<RuleValues>
        {
            new("hosts", operation.Hosts, operation.NotHosts),
            new("methods", operation.Methods, operation.NotMethods),
            new("paths", operation.Paths, operation.NotPaths),
            new("ports", Texts(operation.Ports), Texts(operation.NotPorts)),
        };
        fields.AddRange(conditions.Where(IsOfDestination).Select(condition => new RuleValues(condition.Key, condition.Values, condition.NotValues)));
        return fields.TrueForAll(field => TryAdd(field, all, value => Permissions.Of(field.Attribute, value, seesRequests), Permissions.AnyOf, Permissions.Not))
            ? Permissions.All(all)
            : null;
    }

    private Principal? ToPrincipal(RuleSource source, ValueList<RuleCondition> conditions)
    {
        var all = new List<Principal>();
        var fields = new List<RuleValues>
        {
            new("principals", source.Principals, source.NotPrincipals),
            new("requestPrincipals", source.RequestPrincipals, source.NotRequestPrincipals),
            new("namespaces", source.Namespaces, source.NotNamespaces),
            new("serviceAccounts", source.ServiceAccounts, source.NotServiceAccounts),
            new("trustDomains", source.TrustDomains, source.NotTrustDomains),
            new("ipBlocks", Texts(source.IpBlocks), Texts(source.NotIpBlocks)),
            new("remoteIpBlocks", Texts(source.RemoteIpBlocks), Texts(source.NotRemoteIpBlocks)),
        };
        fields.AddRange(conditions.Where(condition => !IsOfDestination(condition))
            .Select(condition => new RuleValues(condition.Key, condition.Values, condition.NotValues)));
        return fields.TrueForAll(field => TryAdd(field, all, value => principals.Of(field.Attribute, value, seesRequests), Principals.AnyOf, Principals.Not))
            ? Principals.All(all)
            : null;
    }

    /// <returns>False when the whole rule is to be left out.</returns>
    private bool TryAdd<T>(RuleValues field, List<T> all, Func<string, T?> translate, Func<List<T>, T> anyOf, Func<T, T> not)
        where T : class
    {
        foreach (var (values, isExcluded) in (ReadOnlySpan<(ValueList<string>, bool)>)[(field.Values, false), (field.NotValues, true)])
        {
            var known = values.Select(translate).OfType<T>().ToList();
            if (known.Count < values.Count && allows)
            {
                return false;
            }

            // Otherwise it goes as a whole: what is left of it could make a denial narrower.
            if (known.Count > 0 && known.Count == values.Count)
            {
                all.Add(isExcluded ? not(anyOf(known)) : anyOf(known));
            }
        }

        return true;
    }

    private static bool IsOfDestination(RuleCondition condition) => condition.Key is "destination.ip" or "destination.port" or "connection.sni";

    private static ValueList<string> Texts<T>(ValueList<T> values)
        where T : IFormattable => values.Select(value => value.ToString(null, CultureInfo.InvariantCulture)).ToValueList();

    private static ValueList<string> Texts(ValueList<Core.Addressing.Cidr> ranges) => ranges.Select(range => range.ToString()).ToValueList();
}
