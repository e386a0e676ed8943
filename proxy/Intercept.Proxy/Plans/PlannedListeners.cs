using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>The listeners of a plan, and the TLS contexts that they use.</summary>
/// <param name="ByName">Those that are not bound and those that refuse among them.</param>
/// <param name="Bound">Those with sockets of their own.</param>
/// <param name="HandedOver">Those without, by the original destination that they serve.</param>
internal sealed record PlannedListeners(
    ImmutableDictionary<string, ListenerPlan> ByName,
    ImmutableArray<ListenerPlan> Bound,
    FrozenDictionary<NetEndpoint, ListenerPlan> HandedOver,
    ImmutableArray<TlsSource> Sources)
{
    /// <summary>
    /// A refused listener of which nobody could read where it is meant to be: whatever has no listener of its own may be its,
    /// and is closed there.
    /// </summary>
    public ListenerPlan? Unplaced { get; init; }

    /// <summary>The ports that the proxy itself listens on.</summary>
    public FrozenSet<ushort> Ports { get; } = Bound.SelectMany(plan => plan.Listener.Addresses).Select(address => address.Port).ToFrozenSet();
}
