using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Listeners;

/// <summary>envoy.config.listener.v3.Listener, the supported subset.</summary>
public sealed record Listener
{
    public required string Name { get; init; }

    /// <summary>All addresses it binds; more than one from additional_addresses (IPv4 and IPv6).</summary>
    public required ImmutableArray<NetEndpoint> Addresses { get; init; }

    public required TrafficDirection Direction { get; init; }

    /// <summary>bind_to_port: without it, only connections that another listener hands over arrive here.</summary>
    public bool BindsToPort { get; init; } = true;

    /// <summary>
    /// use_original_dst: a connection is handed over to the listener of its original destination, exact, else on every
    /// address of that port; where there is none, it is served here.
    /// </summary>
    public bool HandsOver { get; init; }

    /// <summary>The original_dst listener filter (or use_original_dst): recover where the client meant to go.</summary>
    public required bool RecoversOriginalDestination { get; init; }

    /// <summary>The tls_inspector listener filter: peek at the ClientHello before choosing a filter chain.</summary>
    public required bool InspectsTls { get; init; }

    /// <summary>IP_TRANSPARENT, for TPROXY capture.</summary>
    public required bool Transparent { get; init; }

    /// <summary>How long listener filters may wait for the client's first bytes; zero waits for ever. Envoy's default is 15 s.</summary>
    public required TimeSpan ListenerFiltersTimeout { get; init; }

    /// <summary>On that timeout, go on with what is known instead of closing (continue_on_listener_filters_timeout).</summary>
    public required bool ContinuesOnListenerFiltersTimeout { get; init; }

    /// <summary>Live connections that one source address may hold; 0 is no limit.</summary>
    public required int MaximumConnectionsPerSource { get; init; }

    /// <summary>Tried in Envoy's order of specificity by FilterChainSelector.</summary>
    public required ImmutableArray<FilterChain> FilterChains { get; init; }

    public required FilterChain? DefaultFilterChain { get; init; }

    public bool Equals(Listener? other) =>
        other is not null && Name == other.Name && Addresses.SameAs(other.Addresses) && Direction == other.Direction
        && BindsToPort == other.BindsToPort && HandsOver == other.HandsOver
        && RecoversOriginalDestination == other.RecoversOriginalDestination && InspectsTls == other.InspectsTls
        && Transparent == other.Transparent && ListenerFiltersTimeout == other.ListenerFiltersTimeout
        && ContinuesOnListenerFiltersTimeout == other.ContinuesOnListenerFiltersTimeout
        && MaximumConnectionsPerSource == other.MaximumConnectionsPerSource
        && FilterChains.SameAs(other.FilterChains) && DefaultFilterChain == other.DefaultFilterChain;

    public override int GetHashCode() => HashCode.Combine(Name, Addresses.Length, FilterChains.Length);
}
