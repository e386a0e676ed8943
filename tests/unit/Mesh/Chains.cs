using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;

namespace Intercept.Tests.Unit.Mesh;

/// <summary>Listeners and connections in the few words that choosing a filter chain needs.</summary>
internal static class Chains
{
    public static FilterChain Chain(string name, FilterChainMatch? match = null) => new()
    {
        Name = name,
        Match = match ?? FilterChainMatch.Any,
        Tls = null,
        TransportSocketConnectTimeout = TimeSpan.FromSeconds(10),
        Rbac = [],
        Proxy = new TcpProxy { Clusters = [new WeightedCluster(name, 1)], StatPrefix = name, IdleTimeout = TimeSpan.FromHours(1) },
    };

    public static Listener Listener(FilterChain? defaultChain, params FilterChain[] chains) => new()
    {
        Name = "listener",
        Addresses = [Endpoint("127.0.0.1:15001")],
        Direction = TrafficDirection.Outbound,
        RecoversOriginalDestination = true,
        InspectsTls = true,
        Transparent = false,
        ListenerFiltersTimeout = TimeSpan.FromSeconds(15),
        ContinuesOnListenerFiltersTimeout = false,
        MaximumConnectionsPerSource = 0,
        FilterChains = [.. chains],
        DefaultFilterChain = defaultChain,
    };

    /// <summary>The name of the chain that a connection gets; null when it is to be closed.</summary>
    public static string? Select(Listener listener, ChainQuery query) => new FilterChainSelector(listener).Select(query)?.Name;

    public static ChainQuery To(string destination, string source = "10.9.9.9:50000") =>
        ChainQuery.Plain(Endpoint(source), Endpoint(destination));

    public static ChainQuery Tls(this ChainQuery query, string? serverName, params string[] alpn) =>
        query with { Transport = DetectedTransport.Tls, ServerName = serverName, ApplicationProtocols = [.. alpn] };

    public static NetEndpoint Endpoint(string text) =>
        NetEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException(text);
}
