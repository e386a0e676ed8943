using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;
using Filter = Envoy.Config.Listener.V3.Filter;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>Resources as a control plane sends them.</summary>
internal static class Sent
{
    public static DiscoveredResource Of(IMessage message, string name, string version = "1") => new(name, version, message.ToByteString());

    public static DiscoveredResource Of(Cluster cluster, string version = "1") => Of(cluster, cluster.Name, version);

    public static DiscoveredResource Of(Listener listener, string version = "1") => Of(listener, listener.Name, version);

    public static DiscoveredResource Of(ClusterLoadAssignment assignment, string version = "1") => Of(assignment, assignment.ClusterName, version);

    public static ResourceBatch Batch(ResourceType type, params DiscoveredResource[] updated) => new(type, [.. updated], [], IsWhole: false);

    public static ResourceBatch Whole(ResourceType type, params DiscoveredResource[] all) => new(type, [.. all], [], IsWhole: true);

    public static ResourceBatch Removal(ResourceType type, params string[] names) => new(type, [], [.. names], IsWhole: false);

    public static ConfigSource Ads() => new() { Ads = new AggregatedConfigSource() };

    public static Cluster EdsCluster(string name, string? service = null) => new()
    {
        Name = name,
        Type = Cluster.Types.DiscoveryType.Eds,
        LbPolicy = Cluster.Types.LbPolicy.LeastRequest,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = Ads(), ServiceName = service ?? "" },
    };

    public static Cluster StaticCluster(string name, params string[] endpoints) => new()
    {
        Name = name,
        Type = Cluster.Types.DiscoveryType.Static,
        LoadAssignment = Endpoints(name, endpoints),
    };

    public static ClusterLoadAssignment Endpoints(string name, params string[] endpoints)
    {
        var locality = new LocalityLbEndpoints();
        locality.LbEndpoints.AddRange(endpoints.Select(Host));
        return new ClusterLoadAssignment { ClusterName = name, Endpoints = { locality } };
    }

    public static LbEndpoint Host(string endpoint) => new() { Endpoint = new Endpoint { Address = Address(endpoint) } };

    public static Address Address(string endpoint)
    {
        var colon = endpoint.LastIndexOf(':');
        return new Address
        {
            SocketAddress = new SocketAddress { Address = endpoint[..colon].Trim('[', ']'), PortValue = uint.Parse(endpoint[(colon + 1)..], null) },
        };
    }

    /// <summary>As istiod's for a service: without a socket, by its address.</summary>
    public static Listener Outbound(string name, string address, string cluster) => new()
    {
        Name = name,
        Address = Address(address),
        BindToPort = false,
        TrafficDirection = TrafficDirection.Outbound,
        FilterChains = { new FilterChain { Filters = { Filter(new TcpProxy { StatPrefix = cluster, Cluster = cluster }) } } },
    };

    public static Listener Bound(string name, string address, string cluster)
    {
        var listener = Outbound(name, address, cluster);
        listener.BindToPort = null;
        return listener;
    }

    public static Filter Filter(IMessage config) => new() { Name = config.Descriptor.Name, TypedConfig = Any.Pack(config) };

    public static TransportSocket Tls(IMessage context) => new() { Name = "tls", TypedConfig = Any.Pack(context) };

    /// <summary>Secrets by ADS, as istiod's contexts have them by the agent.</summary>
    public static UpstreamTlsContext Mutual(string san, ConfigSource? source = null) => new()
    {
        Sni = "outbound_.80_._.a",
        CommonTlsContext = new CommonTlsContext
        {
            TlsCertificateSdsSecretConfigs = { new SdsSecretConfig { Name = "default", SdsConfig = source ?? Ads() } },
            CombinedValidationContext = new CommonTlsContext.Types.CombinedCertificateValidationContext
            {
                DefaultValidationContext = new CertificateValidationContext
                {
                    MatchSubjectAltNames = { new Envoy.Type.Matcher.V3.StringMatcher { Exact = san } },
                },
                ValidationContextSdsSecretConfig = new SdsSecretConfig { Name = "ROOTCA", SdsConfig = source ?? Ads() },
            },
            AlpnProtocols = { "istio-peer-exchange", "istio" },
        },
    };

    public static Struct Text(string name, string value) => new() { Fields = { [name] = Value.ForString(value) } };
}
