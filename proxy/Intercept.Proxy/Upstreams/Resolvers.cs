using Intercept.Proxy.Plans;
using Intercept.Runtime.Loops;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Upstreams;

/// <summary>One resolver for each cluster of the plan that is found by name. Control loop only.</summary>
internal sealed class Resolvers(EventLoop loop, ILogger logger) : IDisposable
{
    private readonly Dictionary<ClusterPlan, HostResolver> _resolvers = new(ReferenceEqualityComparer.Instance);

    /// <returns>Ends when every new cluster was resolved once, or could not be.</returns>
    public Task Apply(ServingPlan plan)
    {
        var wanted = plan.Clusters.Values.Where(cluster => cluster.IsResolvedByName).ToHashSet<ClusterPlan>(ReferenceEqualityComparer.Instance);
        foreach (var (cluster, gone) in _resolvers.Where(resolver => !wanted.Contains(resolver.Key)).ToArray())
        {
            gone.Dispose();
            _resolvers.Remove(cluster);
        }

        var added = new List<HostResolver>();
        foreach (var cluster in wanted)
        {
            if (!_resolvers.ContainsKey(cluster))
            {
                var resolver = new HostResolver(loop, cluster, logger);
                _resolvers.Add(cluster, resolver);
                added.Add(resolver);
                resolver.Start();
            }
        }

        return Task.WhenAll(added.Select(resolver => resolver.FirstRound));
    }

    public void Dispose() => Array.ForEach([.. _resolvers.Values], resolver => resolver.Dispose());
}
