using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Discovery;

/// <summary>Whom a client of xDS asks, as whom, and how long it waits.</summary>
internal sealed record DiscoveryOptions
{
    // Envoy's own, for whoever does not say.
    public static readonly TimeSpan DefaultInitialFetchTimeout = TimeSpan.FromSeconds(15);

    public required ServerOptions Server { get; init; }

    public required Node Node { get; init; }

    public DiscoveryService Service { get; init; } = DiscoveryService.Aggregated;

    /// <summary>False: state of the world only.</summary>
    public bool Delta { get; init; } = true;

    /// <summary>How long to wait for what was asked for before it counts as absent; zero waits for ever.</summary>
    public ImmutableDictionary<ResourceType, TimeSpan> InitialFetchTimeouts { get; init; } =
        ImmutableDictionary<ResourceType, TimeSpan>.Empty;

    /// <summary>The first pause before another try, doubled for each that follows. Jittered.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For how long a server that does not know delta is asked for the state of the world without a try.</summary>
    public TimeSpan DeltaRetry { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan InitialFetchTimeout(ResourceType type) => InitialFetchTimeouts.GetValueOrDefault(type, DefaultInitialFetchTimeout);
}
