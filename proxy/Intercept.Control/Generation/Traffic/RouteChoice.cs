using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Model.Linkerd;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Traffic;

/// <summary>Which of the routing resources holds for a host, as a client sees it.</summary>
internal static class RouteChoice
{
    /// <summary>The one with the most specific host; of several the oldest.</summary>
    public static VirtualService? VirtualServiceFor(MeshShape shape, ProxyScope scope, string host) =>
        shape.VirtualServices.Find(host)
            .SelectMany(group => group)
            .FirstOrDefault(virtualService => Exports.Reach(virtualService.ExportTo, virtualService.Namespace, scope.Namespace));

    /// <summary>A profile in the client's namespace says how it wants to be served; else the service's own says how it serves.</summary>
    public static ServiceProfile? ProfileFor(MeshShape shape, ProxyScope scope, string host, string serviceNamespace)
    {
        ServiceProfile? own = null;
        foreach (var profile in shape.ServiceProfiles.Find(host).SelectMany(group => group))
        {
            if (profile.Namespace == scope.Namespace)
            {
                return profile;
            }

            own ??= profile.Namespace == serviceNamespace ? profile : null;
        }

        return own;
    }

    /// <summary>Weights of zero are as if they were not there.</summary>
    public static bool HasOverrides(ServiceProfile profile) => profile.Overrides.Any(target => target.Weight > 0);

    public static TrafficSplit? SplitFor(MeshShape shape, string host) =>
        shape.TrafficSplits.Find(host).SelectMany(group => group).FirstOrDefault(split => split.Backends.Any(backend => backend.Weight > 0));

    /// <summary>The policy of the client's namespace, else of the service's, else of the root namespace; in each the most specific host.</summary>
    /// <returns>All for the same host, the oldest first: its policy holds, and the subsets of all are known.</returns>
    public static Model.ValueList<DestinationRule> DestinationRulesFor(MeshShape shape, ProxyScope scope, string host, string serviceNamespace)
    {
        var groups = shape.DestinationRules.Find(host).ToList();
        if (groups.Count == 0)
        {
            return [];
        }

        foreach (var level in (ReadOnlySpan<string>)[scope.Namespace, serviceNamespace, shape.Options.RootNamespace])
        {
            foreach (var group in groups)
            {
                var rules = group.Where(rule => rule.Namespace == level && HoldsFor(rule, scope)).ToList();
                if (rules.Count > 0)
                {
                    return [.. rules];
                }
            }
        }

        return [];
    }

    /// <summary>Where calls of the host may end up besides.</summary>
    public static IEnumerable<string> DestinationHosts(MeshShape shape, ProxyScope scope, string host)
    {
        if (VirtualServiceFor(shape, scope, host) is { } virtualService)
        {
            foreach (var destination in virtualService.Http.SelectMany(route => route.Destinations.Select(to => to.Destination).Concat(route.Mirrors.Select(mirror => mirror.Destination)))
                .Concat(virtualService.Tls.Concat(virtualService.Tcp).SelectMany(route => route.Destinations).Select(to => to.Destination)))
            {
                yield return destination.Host;
            }
        }

        foreach (var backend in SplitFor(shape, host)?.Backends ?? [])
        {
            yield return backend.Host;
        }

        foreach (var profile in shape.ServiceProfiles.Find(host).SelectMany(group => group))
        {
            foreach (var target in profile.Overrides)
            {
                yield return Authority.Split(target.Authority).Host;
            }
        }
    }

    private static bool HoldsFor(DestinationRule rule, ProxyScope scope) =>
        Exports.Reach(rule.ExportTo, rule.Namespace, scope.Namespace) && (rule.Selector is null || rule.Selector.Matches(scope.Labels));
}
