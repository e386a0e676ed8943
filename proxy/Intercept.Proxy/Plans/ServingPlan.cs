using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>
/// A snapshot with all that serving it needs: selectors built, certificates loaded, counters found. Made whole on the
/// control loop, then swapped in by each worker loop in one assignment. What did not change is the same object in the
/// plan before it.
/// </summary>
internal sealed record ServingPlan(MeshSnapshot Snapshot, PlannedListeners ListenerSet, PlannedClusters ClusterSet)
{
    public ImmutableDictionary<string, ListenerPlan> Listeners => ListenerSet.ByName;

    public ImmutableDictionary<string, ClusterPlan> Clusters => ClusterSet.ByName;

    public ImmutableArray<TlsSource> TlsSources { get; } = [.. ListenerSet.Sources.Union(ClusterSet.Sources)];

    /// <summary>Clusters of the plan before that are not in this one.</summary>
    public ImmutableArray<string> GoneClusters { get; init; } = [];

    /// <summary>Whether the proxy itself listens on this port.</summary>
    public bool IsListenerPort(ushort port) => ListenerSet.Ports.Contains(port);

    public ListenerPlan? Find(string listener) => Listeners.GetValueOrDefault(listener);

    public ClusterPlan? FindCluster(string name) => Clusters.GetValueOrDefault(name);

    /// <summary>The listener that a connection to this destination belongs to: the exact address, else every address of its port.</summary>
    public ListenerPlan? ListenerOf(NetEndpoint destination)
    {
        var listeners = ListenerSet.HandedOver;
        return listeners.Count == 0
            ? ListenerSet.Unplaced
            : listeners.GetValueOrDefault(destination)
                ?? listeners.GetValueOrDefault(destination with { Address = destination.Address.IsIPv6 ? NetAddress.AnyIPv6 : NetAddress.AnyIPv4 })
                ?? ListenerSet.Unplaced;
    }
}
