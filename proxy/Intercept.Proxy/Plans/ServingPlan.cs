using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Mesh;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>
/// A snapshot with all that serving it needs: selectors built, certificates loaded, counters found. Made whole on the
/// control loop, then swapped in by each worker loop in one assignment.
/// </summary>
internal sealed record ServingPlan(
    MeshSnapshot Snapshot, ImmutableArray<ListenerPlan> Listeners, FrozenDictionary<string, ClusterPlan> Clusters, ImmutableArray<TlsSource> TlsSources)
{
    private readonly FrozenSet<ushort> _listenerPorts = Snapshot.Listeners.SelectMany(listener => listener.Addresses).Select(address => address.Port).ToFrozenSet();

    public bool IsListenerPort(ushort port) => _listenerPorts.Contains(port);

    public ListenerPlan? Find(string listener) => Listeners.FirstOrDefault(plan => plan.Listener.Name == listener);
}
