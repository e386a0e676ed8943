using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Intercept.Control.Model;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation.Listeners;

/// <summary>What captured connections arrive at. It hands them to the listener of their destination, and keeps those that have none.</summary>
internal static class VirtualOutbound
{
    private const int Port = 15001;

    public static GeneratedResource AllowAny { get; } = Build(ResourceNames.Passthrough);

    public static GeneratedResource RegistryOnly { get; } = Build(ResourceNames.BlackHole);

    public static string RestOf(OutboundMode mode) => mode == OutboundMode.AllowAny ? ResourceNames.Passthrough : ResourceNames.BlackHole;

    private static GeneratedResource Build(string rest)
    {
        var listener = new Listener
        {
            Name = ResourceNames.VirtualOutbound,

            // istiod says 0.0.0.0. What is captured on its way out comes over loopback in every mode; nothing outside the pod may reach this port.
            Address = Addresses.Of(Addresses.LoopbackIPv4, Port),
            AdditionalAddresses = { new AdditionalAddress { Address = Addresses.Of(Addresses.LoopbackIPv6, Port) } },
            UseOriginalDst = true,
            TrafficDirection = TrafficDirection.Outbound,
            FilterChains =
            {
                // Who connects to the proxy itself would be sent to the proxy, and so on.
                new FilterChain
                {
                    Name = "virtualOutbound-blackhole",
                    FilterChainMatch = new FilterChainMatch { DestinationPort = Port },
                    Filters = { NetworkFilters.TcpProxy(ResourceNames.BlackHole) },
                },
                new FilterChain
                {
                    Name = "virtualOutbound-catchall-tcp",
                    Filters = { NetworkFilters.TcpProxy(rest) },
                },
            },
        };
        return GeneratedResource.Of(ResourceType.Listener, listener.Name, listener);
    }
}
