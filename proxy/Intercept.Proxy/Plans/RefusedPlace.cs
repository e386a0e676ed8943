using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.Plans;

/// <summary>A refused listener as one that accepts, and that no chain serves.</summary>
internal static class RefusedPlace
{
    public static Listener Of(RefusedListener refused) => new()
    {
        Name = refused.Name,
        Addresses = refused.Addresses,
        Direction = refused.Direction,
        BindsToPort = refused.BindsToPort,
        RecoversOriginalDestination = false,
        InspectsTls = false,
        Transparent = false,
        ListenerFiltersTimeout = TimeSpan.Zero,
        ContinuesOnListenerFiltersTimeout = false,
        MaximumConnectionsPerSource = 0,
        FilterChains = [],
        DefaultFilterChain = null,
    };
}
