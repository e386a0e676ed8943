using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;
using Intercept.Core.Problems;

namespace Intercept.Control.Manifests.Assembly;

/// <summary>What only the whole can tell: references that lead nowhere, and objects that contradict each other.</summary>
internal static class ReferenceChecks
{
    /// <summary>Objects with one name, of which nobody can say which is meant.</summary>
    public static IEnumerable<Problem> Duplicates(IEnumerable<ManifestObject> objects) =>
        from same in objects.GroupBy(item => item.Key)
        from again in same.Skip(1)
        select new Problem(
            again.Origin.Source, again.Origin.Line, "metadata.name", again.Key.ToString(), $"is already in {same.First().Origin}", "each object once");

    /// <summary>Destinations that do not exist: whoever is routed to one gets nothing.</summary>
    public static IEnumerable<Problem> Dangling(MeshModel model)
    {
        var hosts = model.Services.Select(service => service.Host).ToHashSet();
        var rules = model.DestinationRules.ToLookup(rule => rule.Host);
        foreach (var service in model.VirtualServices.Where(service => service.IsForSidecars))
        {
            foreach (var (path, destination) in DestinationsOf(service))
            {
                if (!IsKnown(hosts, destination.Host))
                {
                    yield return At(service, $"{path}.host", destination.Host, "is not a service that is described here", NearestName.Find(destination.Host, hosts));
                }
                else if (destination.Subset is not null && Missing(rules, destination) is { } subsets)
                {
                    yield return At(service, $"{path}.subset", destination.Subset, $"is not a subset of a DestinationRule for {destination.Host}", subsets);
                }
            }
        }

        foreach (var split in model.TrafficSplits)
        {
            foreach (var host in split.Backends.Select(backend => backend.Host).Append(split.Host).Where(host => !IsKnown(hosts, host)))
            {
                yield return At(split, "spec", host, "is not a service that is described here", NearestName.Find(host, hosts));
            }
        }
    }

    /// <summary>Objects of which only the oldest has an effect.</summary>
    public static IEnumerable<Problem> Contradictions(MeshModel model)
    {
        var owners = model.Services.ToDictionary(service => service.Key, service => service.Name);
        const string OldestHolds = "is for the same workloads as another: the oldest holds";
        return Overruled(model.PeerAuthentications.Where(policy => policy.Selector is null), policy => policy.Namespace)
            .Concat<MeshResource>(Overruled(model.Sidecars.Where(sidecar => sidecar.Selector is null), sidecar => sidecar.Namespace))
            .Select(resource => At(resource, "spec", null, OldestHolds, null))
            .Concat(
                from entry in model.ServiceEntries
                from host in entry.Hosts
                where owners[$"{entry.Namespace}/{host}"] != entry.Name
                select At(entry, "spec.hosts", host, "is described by another in the namespace, which holds", null));
    }

    private static IEnumerable<T> Overruled<T>(IEnumerable<T> resources, Func<T, string> scope)
        where T : MeshResource =>
        resources.GroupBy(scope).SelectMany(same => same.OrderBy(resource => resource.Meta.Created ?? DateTimeOffset.MinValue).ThenBy(resource => resource.Name).Skip(1));

    private static bool IsKnown(HashSet<string> hosts, string host) => WithPatterns(host).Any(hosts.Contains);

    private static string? Missing(ILookup<string, DestinationRule> rules, Destination destination)
    {
        var subsets = WithPatterns(destination.Host).SelectMany(host => rules[host]).SelectMany(rule => rule.Subsets)
            .Select(subset => subset.Name).Distinct().Order(StringComparer.Ordinal).ToList();
        return subsets.Contains(destination.Subset!) ? null : subsets.Count == 0 ? "a DestinationRule with this subset" : string.Join(", ", subsets);
    }

    // The host, and whatever stands for it: *.example.com is for every host below it.
    private static IEnumerable<string> WithPatterns(string host)
    {
        yield return host;
        for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = host.IndexOf('.', dot + 1))
        {
            yield return $"*{host[dot..]}";
        }

        yield return "*";
    }

    private static IEnumerable<(string Path, Destination Destination)> DestinationsOf(VirtualService service)
    {
        for (var i = 0; i < service.Http.Count; i++)
        {
            foreach (var found in In($"spec.http[{i}]", service.Http[i].Destinations)
                .Concat(service.Http[i].Mirrors.Select(mirror => ($"spec.http[{i}].mirror", mirror.Destination))))
            {
                yield return found;
            }
        }

        foreach (var found in service.Tls.SelectMany((route, i) => In($"spec.tls[{i}]", route.Destinations))
            .Concat(service.Tcp.SelectMany((route, i) => In($"spec.tcp[{i}]", route.Destinations))))
        {
            yield return found;
        }
    }

    private static IEnumerable<(string Path, Destination Destination)> In(string path, ValueList<RouteDestination> destinations) =>
        destinations.Select((destination, i) => ($"{path}.route[{i}].destination", destination.Destination));

    private static Problem At(MeshResource resource, string field, string? value, string why, string? allowed) =>
        new(resource.Origin.Source, resource.Origin.Line, field, value, why, allowed);
}
