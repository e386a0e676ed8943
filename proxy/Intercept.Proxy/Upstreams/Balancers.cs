using Intercept.Core.Addressing;
using Intercept.Mesh.LoadBalancing;
using Intercept.Proxy.Plans;

namespace Intercept.Proxy.Upstreams;

/// <summary>The round robin of each cluster on one loop.</summary>
internal sealed class Balancers(int loopIndex)
{
    private readonly Dictionary<string, RoundRobin> _byCluster = new(StringComparer.Ordinal);

    public bool TryPick(ClusterPlan cluster, out NetEndpoint endpoint)
    {
        var hosts = cluster.Endpoints;
        if (!_byCluster.TryGetValue(cluster.Cluster.Name, out var balancer))
        {
            _byCluster.Add(cluster.Cluster.Name, balancer = new RoundRobin(hosts, loopIndex));
        }

        // Another set only after a reload or a new answer of DNS.
        if (balancer.Endpoints != hosts)
        {
            balancer.Replace(hosts, loopIndex);
        }

        return balancer.TryPick(out endpoint);
    }

    /// <summary>Forgets clusters that the configuration no longer has.</summary>
    public void Keep(ServingPlan plan)
    {
        foreach (var name in _byCluster.Keys.Where(name => !plan.Clusters.ContainsKey(name)).ToArray())
        {
            _byCluster.Remove(name);
        }
    }
}
