using Intercept.Control.Generation.Clusters;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Traffic;

/// <summary>The services of a scope by host, for those who route to them.</summary>
internal sealed class Destinations(IReadOnlyDictionary<string, ServicePlan> plans)
{
    /// <param name="port">Null: the service's only port, else the one that the client called.</param>
    /// <returns>Where connections end, if there is no such service, port or subset: not at the next best one.</returns>
    public string ClusterOf(string host, string? subset, int? port, int calledPort) =>
        Find(host, subset, port, calledPort)?.Name ?? ResourceNames.BlackHole;

    public string ClusterOf(Destination destination, int calledPort) =>
        ClusterOf(destination.Host, destination.Subset, destination.Port, calledPort);

    public ClusterPlan? Find(string host, string? subset, int? port, int calledPort)
    {
        if (!plans.TryGetValue(host, out var plan))
        {
            return null;
        }

        var chosen = port is { } known ? plan.Find(known) : plan.Ports.Length == 1 ? plan.Ports[0] : plan.Find(calledPort);
        return subset is null ? chosen?.All : chosen?.Subsets.FirstOrDefault(candidate => candidate.Subset!.Name == subset);
    }
}
