using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation.Listeners;

/// <summary>A listener without a socket at an address of a service, for connections that are handed to it.</summary>
internal static class ServiceListener
{
    // What an inspector calls HTTP without TLS.
    private static readonly string[] _httpProtocols = ["http/1.1", "h2c"];

    public static GeneratedResource Build(ListenerInput input)
    {
        var listener = New(ResourceNames.Listener(input.Address, input.Port), input.Address, input.Port);
        if (input.HttpRoutes is { } routes)
        {
            listener.FilterChains.Add(Http(routes));
        }

        AddTargets(listener, input.StatPrefix, input.Targets, input.IdleTimeout);
        return Finish(listener, input.HttpRoutes is not null);
    }

    public static Listener New(string name, string address, int port) => new()
    {
        Name = name,
        Address = Addresses.Of(address, port),
        BindToPort = false,
        TrafficDirection = TrafficDirection.Outbound,
    };

    public static FilterChain Http(string routes) => new()
    {
        Name = $"{routes}-http",
        FilterChainMatch = new FilterChainMatch { TransportProtocol = "raw_buffer", ApplicationProtocols = { _httpProtocols } },
        Filters = { HttpConnections.Outbound(routes) },
    };

    /// <summary>A chain for each target. What nothing matches is the default chain's: it may not stand among the others unconditionally.</summary>
    public static void AddTargets(Listener listener, string statPrefix, IReadOnlyList<ConnectionTarget> targets, TimeSpan? idleTimeout)
    {
        foreach (var target in targets)
        {
            var chain = new FilterChain
            {
                Name = target.IsForAll ? statPrefix : $"{statPrefix}#{listener.FilterChains.Count}",
                Filters = { NetworkFilters.TcpProxy(statPrefix, target.Clusters, idleTimeout) },
            };
            if (target.IsForAll)
            {
                listener.DefaultFilterChain ??= chain;
                continue;
            }

            chain.FilterChainMatch = new FilterChainMatch
            {
                PrefixRanges = { target.Subnets.Select(Addresses.Range) },
                ServerNames = { target.ServerNames },
            };
            listener.FilterChains.Add(chain);
        }
    }

    public static GeneratedResource Finish(Listener listener, bool http)
    {
        // Without another chain nothing is to be chosen: the rest is everything, and nobody waits for first bytes.
        if (listener.FilterChains.Count == 0)
        {
            listener.FilterChains.Add(listener.DefaultFilterChain);
            listener.DefaultFilterChain = null;
        }

        if (http || listener.FilterChains.Any(chain => chain.FilterChainMatch?.ServerNames.Count > 0))
        {
            ListenerFilters.Inspect(listener, http);
        }

        return GeneratedResource.Of(ResourceType.Listener, listener.Name, listener);
    }
}
