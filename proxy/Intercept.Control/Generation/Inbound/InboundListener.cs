using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Rbac.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Control.Generation.Clusters;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Listeners;
using Intercept.Control.Generation.Security;
using Intercept.Control.Model.Services;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation.Inbound;

/// <summary>What arrives at a workload: for each of its ports the chains that its mTLS mode asks for, each behind its policies.</summary>
internal sealed class InboundListener
{
    private const int Port = 15006;

    private readonly MeshShape _shape;
    private readonly ServedWorkload _workload;
    private readonly ProxyDialect _dialect;
    private readonly List<RBAC> _connectionRules;
    private readonly List<RBAC> _requestRules;
    private readonly Listener _listener = new()
    {
        Name = ResourceNames.VirtualInbound,
        Address = Addresses.Of(Addresses.AnyIPv4, Port),
        AdditionalAddresses = { new AdditionalAddress { Address = Addresses.Of(Addresses.AnyIPv6, Port) } },
        TrafficDirection = TrafficDirection.Inbound,
        ListenerFilters = { ListenerFilters.OriginalDestination() },
    };

    private InboundListener(MeshShape shape, ServedWorkload workload, ProxyDialect dialect)
    {
        (_shape, _workload, _dialect) = (shape, workload, dialect);
        _connectionRules = [.. AuthorizationRules.For(shape, workload.Namespace, workload.Labels, seesRequests: false)];
        _requestRules = [.. AuthorizationRules.For(shape, workload.Namespace, workload.Labels, seesRequests: true)];
    }

    public static GeneratedResource Build(MeshShape shape, ServedWorkload workload, IReadOnlyList<InboundPort> ports, ProxyDialect dialect)
    {
        var inbound = new InboundListener(shape, workload, dialect);
        inbound.AddChains(ports);
        ListenerFilters.Inspect(inbound._listener, dialect == ProxyDialect.Http);
        return GeneratedResource.Of(ResourceType.Listener, inbound._listener.Name, inbound._listener);
    }

    private void AddChains(IReadOnlyList<InboundPort> ports)
    {
        // Who connects to the proxy itself would be sent to the proxy, and so on.
        _listener.FilterChains.Add(new FilterChain
        {
            Name = "virtualInbound-blackhole",
            FilterChainMatch = new FilterChainMatch { DestinationPort = Port },
            Filters = { NetworkFilters.TcpProxy(ResourceNames.BlackHole) },
        });
        foreach (var port in ports)
        {
            AddPort(port.Port, port.Protocol, port.Cluster);
        }

        // A policy may name a port that no service does.
        foreach (var port in PeerAuthenticationChoice.PortsOf(_shape.PeerAuthentications, _workload.Namespace, _workload.Labels).Order())
        {
            if (ports.All(known => known.Port != port))
            {
                AddPort(port, PortProtocol.Tcp, ResourceNames.InboundPassthrough);
            }
        }

        AddPort(null, PortProtocol.Tcp, ResourceNames.InboundPassthrough);
    }

    private void AddPort(int? port, PortProtocol protocol, string cluster)
    {
        var mode = PeerAuthenticationChoice.ModeOf(
            _shape.PeerAuthentications, _shape.Options.RootNamespace, _workload.Namespace, _workload.Labels, port ?? 0);
        var name = port is { } number ? ResourceNames.Listener(Addresses.AnyIPv4, number) : ResourceNames.VirtualInbound;
        foreach (var variant in ChainVariants.Of(mode, protocol, _dialect))
        {
            _listener.FilterChains.Add(new FilterChain
            {
                Name = $"{name}-{variant.Name}",
                FilterChainMatch = ToMatch(port, variant),
                TransportSocket = variant.IsMutualTls ? MutualTls(variant) : null,
                Filters = { FiltersOf(variant, cluster, port) },
            });
        }
    }

    private static FilterChainMatch? ToMatch(int? port, ChainVariant variant) =>
        port is null && variant.Transport is null ? null : new FilterChainMatch
        {
            DestinationPort = (uint?)port,
            TransportProtocol = variant.Transport ?? "",
            ApplicationProtocols = { variant.ApplicationProtocols },
        };

    private IEnumerable<Filter> FiltersOf(ChainVariant variant, string cluster, int? port) => variant.IsHttp
        ? [HttpConnections.Inbound(cluster, port ?? 0, _requestRules)]
        : [.. _connectionRules.Select(NetworkFilters.Rbac), NetworkFilters.TcpProxy(cluster)];

    // The mesh's own names in ALPN only choose the chain; what is then spoken is agreed on by the names of HTTP.
    private static TransportSocket MutualTls(ChainVariant variant) => TlsContexts.Socket(new DownstreamTlsContext
    {
        RequireClientCertificate = true,
        CommonTlsContext = TlsContexts.Mesh(variant.IsHttp ? ["h2", "http/1.1"] : [], []),
    });
}
