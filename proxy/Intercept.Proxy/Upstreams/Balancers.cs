using Intercept.Mesh.LoadBalancing;
using Intercept.Proxy.Plans;

namespace Intercept.Proxy.Upstreams;

/// <summary>The balancer of each cluster that is connected to, on one loop.</summary>
internal sealed class Balancers(int loopIndex)
{
    private readonly Dictionary<string, Balancer> _byCluster = new(StringComparer.Ordinal);

    public bool TryPick(ClusterPlan cluster, out ResolvedEndpoint host)
    {
        var hosts = cluster.Endpoints;
        if (!_byCluster.TryGetValue(cluster.Cluster.Name, out var balancer) || balancer.Policy != cluster.Cluster.Balancing)
        {
            balancer = Balancer.Of(cluster.Cluster.Balancing, Random.Shared);
            _byCluster[cluster.Cluster.Name] = balancer;
        }

        // Another set only after a change of the plan or a new answer of DNS.
        if (balancer.Endpoints != hosts)
        {
            balancer.Replace(hosts, loopIndex);
        }

        return balancer.TryPick(cluster.Stats, out host);
    }

    /// <summary>Forgets clusters that the configuration no longer has.</summary>
    public void Forget(IEnumerable<string> clusters)
    {
        foreach (var name in clusters)
        {
            _byCluster.Remove(name);
        }
    }
}
