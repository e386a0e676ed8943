using Intercept.Proxy.Plans;
using Intercept.Runtime.Loops;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Upstreams;

/// <summary>One resolver for each cluster of the plan that is found by name. Control loop only.</summary>
internal sealed class Resolvers(EventLoop loop, ILogger logger) : IDisposable
{
    private readonly List<HostResolver> _resolvers = [];

    /// <returns>Ends when every new cluster was resolved once, or could not be.</returns>
    public Task Apply(ServingPlan plan)
    {
        var wanted = plan.Clusters.Values.Where(cluster => cluster.IsResolvedByName).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var gone in _resolvers.Where(resolver => !wanted.Contains(resolver.Cluster)).ToArray())
        {
            gone.Dispose();
            _resolvers.Remove(gone);
        }

        wanted.ExceptWith(_resolvers.Select(resolver => resolver.Cluster));
        var added = wanted.OfType<ClusterPlan>().Select(cluster => new HostResolver(loop, cluster, logger)).ToArray();
        _resolvers.AddRange(added);
        Array.ForEach(added, resolver => resolver.Start());
        return Task.WhenAll(added.Select(resolver => resolver.FirstRound));
    }

    public void Dispose() => _resolvers.ForEach(resolver => resolver.Dispose());
}
