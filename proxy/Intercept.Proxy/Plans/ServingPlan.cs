using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>
/// A snapshot with all that serving it needs: selectors built, certificates loaded, counters found. Made whole on the
/// control loop, then swapped in by each worker loop in one assignment. What did not change is the same object in the
/// plan before it.
/// </summary>
/// <param name="Listeners">By name, those that are not bound and those that refuse among them.</param>
/// <param name="Bound">Those with sockets of their own.</param>
/// <param name="HandedOver">Those without, by the original destination that they serve.</param>
internal sealed record ServingPlan(
    MeshSnapshot Snapshot,
    ImmutableDictionary<string, ListenerPlan> Listeners,
    ImmutableArray<ListenerPlan> Bound,
    FrozenDictionary<NetEndpoint, ListenerPlan> HandedOver,
    ImmutableDictionary<string, ClusterPlan> Clusters,
    ImmutableArray<TlsSource> TlsSources)
{
    private readonly FrozenSet<ushort> _ports = Bound.SelectMany(plan => plan.Listener.Addresses).Select(address => address.Port).ToFrozenSet();

    /// <summary>Clusters of the plan before that are not in this one.</summary>
    public ImmutableArray<string> GoneClusters { get; init; } = [];

    /// <summary>Whether the proxy itself listens on this port.</summary>
    public bool IsListenerPort(ushort port) => _ports.Contains(port);

    public ListenerPlan? Find(string listener) => Listeners.GetValueOrDefault(listener);

    public ClusterPlan? FindCluster(string name) => Clusters.GetValueOrDefault(name);

    /// <summary>The listener that a connection to this destination belongs to: the exact address, else every address of its port.</summary>
    public ListenerPlan? ListenerOf(NetEndpoint destination)
    {
        if (HandedOver.Count == 0)
        {
            return null;
        }

        return HandedOver.GetValueOrDefault(destination)
            ?? HandedOver.GetValueOrDefault(destination with { Address = destination.Address.IsIPv6 ? NetAddress.AnyIPv6 : NetAddress.AnyIPv4 });
    }
}
