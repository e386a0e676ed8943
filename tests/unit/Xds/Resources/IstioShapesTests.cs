using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Extensions.Filters.Listener.HttpInspector.V3;
using Envoy.Extensions.Filters.Listener.OriginalDst.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;
using Cluster = Envoy.Config.Cluster.V3.Cluster;
using LbPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;
using ListenerFilter = Envoy.Config.Listener.V3.ListenerFilter;
using TlsParameters = Envoy.Extensions.TransportSockets.Tls.V3.TlsParameters;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>What istiod sends for TCP, taken as it is meant.</summary>
public sealed class IstioShapesTests
{
    private const string Identity = "spiffe://cluster.local/ns/b/sa/c";

    private static readonly ConfigSource _agent = new()
    {
        ApiConfigSource = new ApiConfigSource
        {
            ApiType = ApiConfigSource.Types.ApiType.Grpc,
            SetNodeOnFirstMessageOnly = true,
            TransportApiVersion = ApiVersion.V3,
            GrpcServices = { new GrpcService { EnvoyGrpc = new GrpcService.Types.EnvoyGrpc { ClusterName = "sds-grpc" } } },
        },
        ResourceApiVersion = ApiVersion.V3,
    };

    [Fact]
    public void Each_endpoint_is_spoken_to_as_it_says()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Outbound()));
        var mesh = Sent.Host("10.0.0.1:80");
        mesh.Metadata = new Metadata
        {
            FilterMetadata =
            {
                ["envoy.transport_socket_match"] = Sent.Text("tlsMode", "istio"),
                ["istio"] = Sent.Text("workload", "a;b;c;;d"),
            },
        };
        var assignment = Sent.Endpoints("outbound|80||a", "10.0.0.2:80");
        assignment.Endpoints[0].LbEndpoints.Add(mesh);
        assignment.Endpoints[0].Locality = new Locality { Region = "r" };
        assignment.Endpoints[0].LoadBalancingWeight = 2;
        store.Accepts(ResourceType.Endpoint, Sent.Of(assignment));

        var cluster = store.Cluster("outbound|80||a")!;
        Assert.Equal(BalancingPolicy.LeastRequest, cluster.Balancing);
        Assert.Equal(["tlsMode-istio", "tlsMode-disabled"], cluster.TransportSocketMatches.Select(match => match.Name));
        Assert.Null(Chosen(cluster, cluster.Endpoints[0]).Tls);
        var tls = Chosen(cluster, cluster.Endpoints[1]).Tls!;
        Assert.Equal("outbound_.80_._.a", tls.ServerName);
        Assert.Equal(new SecretCertificate("default"), tls.Certificate);
        Assert.Equal(new SecretTrust("ROOTCA"), tls.Peer.Trust);
        Assert.Equal(["cluster.local"], tls.Peer.TrustDomains.AsEnumerable());
        Assert.Equal(Identity, tls.Peer.UriMatchers[0].Text);
        Assert.Equal(["istio"], tls.Parameters.AlpnProtocols.AsEnumerable());
        Assert.Equal(
            [
                "alt_stat_name", "common_lb_config", "filters[].typed_config", "metadata", "outlier_detection",
                "transport_socket_matches[].transport_socket.typed_config.common_tls_context.alpn_protocols[]", "typed_extension_protocol_options",
                "endpoints[].lb_endpoints[].metadata.filter_metadata", "endpoints[].load_balancing_weight", "endpoints[].locality",
            ],
            store.Last.Discovered!.Ignored.Select(ignored => ignored.Field));
    }

    [Fact]
    public void A_cluster_of_original_destinations_is_decided_by_what_asks_for_nothing()
    {
        var store = new StoreUnderTest().Started();
        var cluster = new Cluster
        {
            Name = "pass",
            Type = Cluster.Types.DiscoveryType.OriginalDst,
            LbPolicy = LbPolicy.ClusterProvided,
            TransportSocket = Sent.Tls(Sent.Mutual(Identity, _agent)),
        };
        store.Accepts(ResourceType.Cluster, Sent.Of(cluster));
        Assert.NotNull(store.Cluster("pass")!.Tls);
        AddMatches(cluster);
        store.Accepts(ResourceType.Cluster, Sent.Of(cluster, "2"));
        Assert.Null(store.Cluster("pass")!.Tls);
        Assert.Empty(store.Cluster("pass")!.TransportSocketMatches);
    }

    [Fact]
    public void Endpoints_that_are_not_to_be_picked_are_left_out_and_the_first_priority_takes_all()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a")));
        var draining = Sent.Host("10.0.0.1:80");
        draining.HealthStatus = HealthStatus.Draining;
        var assignment = new ClusterLoadAssignment
        {
            ClusterName = "a",
            Endpoints =
            {
                new LocalityLbEndpoints { Priority = 2, LbEndpoints = { Sent.Host("10.0.0.4:80") } },
                new LocalityLbEndpoints { LbEndpoints = { draining } },
                new LocalityLbEndpoints { Priority = 1, LbEndpoints = { Sent.Host("10.0.0.2:80") } },
                new LocalityLbEndpoints { Priority = 1, LbEndpoints = { Sent.Host("10.0.0.3:80") } },
            },
        };
        store.Accepts(ResourceType.Endpoint, Sent.Of(assignment));
        Assert.Equal("10.0.0.2:80 10.0.0.3:80", store.Endpoints("a"));
        Assert.Equal("endpoints[].priority", Assert.Single(store.Last.Discovered!.Ignored).Field);
    }

    [Fact]
    public void An_endpoint_behind_a_tunnel_refuses_its_assignment()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a")));
        const int InternalAddress = 3;
        var address = Bytes.Field(1, Bytes.Field(1, Bytes.Field(InternalAddress, Bytes.Field(1, "connect_originate"u8))));
        var bytes = (byte[])[.. Bytes.Field(1, "a"u8), .. Bytes.Field(2, Bytes.Field(2, address))];
        Assert.StartsWith(
            "ClusterLoadAssignment 'a': endpoints[0].lb_endpoints[0].endpoint.address.envoy_internal_address is an Envoy field that this version does not support",
            store.Receive(Sent.Batch(ResourceType.Endpoint, new DiscoveredResource("a", "1", ByteString.CopyFrom(bytes)))),
            StringComparison.Ordinal);
        Assert.Null(store.Cluster("a"));
    }

    [Fact]
    public void An_inbound_listener_offers_no_metadata_and_no_weak_suites()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Inbound()));
        var listener = store.Last.Listeners[1];
        Assert.True(listener.RecoversOriginalDestination);
        Assert.False(listener.HandsOver);
        var tls = listener.FilterChains[0].Tls!;
        Assert.True(tls.RequiresClientCertificate);
        Assert.Equal(["h2", "http/1.1"], tls.Parameters.AlpnProtocols.AsEnumerable());
        Assert.Equal(["ECDHE-RSA-AES128-GCM-SHA256"], tls.Parameters.CipherSuites.AsEnumerable());
        Assert.Equal(["istio", "istio-peer-exchange"], listener.FilterChains[0].Match.ApplicationProtocols.AsEnumerable());
    }

    [Fact]
    public void Suites_without_forward_secrecy_alone_are_refused()
    {
        var store = new StoreUnderTest().Started();
        var listener = Inbound();
        var context = DownstreamTlsContext.Parser.ParseFrom(listener.FilterChains[0].TransportSocket.TypedConfig.Value);
        context.CommonTlsContext.TlsParams.CipherSuites.Remove("ECDHE-RSA-AES128-GCM-SHA256");
        listener.FilterChains[0].TransportSocket = Sent.Tls(context);
        Assert.Contains(
            "cipher_suites[0] 'AES128-GCM-SHA256' is not allowed",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(listener))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_depends_on_the_HTTP_inspector_is_refused()
    {
        var store = new StoreUnderTest().Started();
        var listener = Inbound();
        listener.FilterChains[0].TransportSocket = null;
        listener.FilterChains[0].FilterChainMatch.TransportProtocol = "raw_buffer";
        listener.FilterChains[0].FilterChainMatch.ApplicationProtocols.Add("http/1.1");
        Assert.StartsWith(
            "Listener 'virtualInbound': listener_filters 'http_inspector' is not supported, and chain 'virtualInbound[0]' depends on it",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(listener))),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xds.type.v3.TypedStruct")]
    [InlineData("udpa.type.v1.TypedStruct")]
    public void A_harmless_extension_may_come_as_a_struct_and_no_other_may(string wrapper)
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(With("envoy.tcp.metadataexchange.config.MetadataExchange")));
        Assert.StartsWith(
            "Listener 'a': filter_chains[0].filters[0].typed_config.@type",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(With("envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy")))),
            StringComparison.Ordinal);

        Envoy.Config.Listener.V3.Listener With(string type)
        {
            var listener = Sent.Outbound("a", "10.96.0.1:80", "a");
            var value = Bytes.Field(1, System.Text.Encoding.UTF8.GetBytes("type.googleapis.com/" + type));
            listener.FilterChains[0].Filters.Insert(
                0, new() { Name = "x", TypedConfig = new Any { TypeUrl = "type.googleapis.com/" + wrapper, Value = ByteString.CopyFrom(value) } });
            return listener;
        }
    }

    [Theory]
    [InlineData((int)LbPolicy.RingHash, "RING_HASH")]
    [InlineData((int)LbPolicy.Maglev, "MAGLEV")]
    [InlineData((int)LbPolicy.ClusterProvided, "CLUSTER_PROVIDED")]
    public void A_balancer_that_is_not_there_is_refused(int policy, string name)
    {
        var store = new StoreUnderTest().Started();
        var cluster = Sent.EdsCluster("a");
        cluster.LbPolicy = (LbPolicy)policy;
        Assert.Equal(
            $"Cluster 'a': lb_policy '{name}' is not supported for this type of cluster; allowed: ROUND_ROBIN, LEAST_REQUEST, RANDOM",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(cluster))));
    }

    private static TransportSocketMatch Chosen(Intercept.Mesh.Clusters.Cluster cluster, UpstreamEndpoint endpoint) =>
        cluster.TransportSocketMatches.First(match => endpoint.Labels.Meet(match.Criteria));

    private static Cluster Outbound()
    {
        var cluster = Sent.EdsCluster("outbound|80||a");
        cluster.AltStatName = cluster.Name + ";";
        cluster.CommonLbConfig = new Cluster.Types.CommonLbConfig();
        cluster.OutlierDetection = new OutlierDetection();
        cluster.Metadata = new Metadata { FilterMetadata = { ["istio"] = Sent.Text("a", "b") } };
        cluster.TypedExtensionProtocolOptions["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] = new Any { TypeUrl = "type.googleapis.com/x" };
        cluster.Filters.Add(new Filter
        {
            Name = "istio.metadata_exchange",
            TypedConfig = new Any { TypeUrl = "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange", Value = ByteString.CopyFrom(1, 2, 3) },
        });
        AddMatches(cluster);
        return cluster;
    }

    private static void AddMatches(Cluster cluster)
    {
        cluster.TransportSocketMatches.Add(new Cluster.Types.TransportSocketMatch
        {
            Name = "tlsMode-istio",
            Match = Sent.Text("tlsMode", "istio"),
            TransportSocket = Sent.Tls(Sent.Mutual(Identity, _agent)),
        });
        cluster.TransportSocketMatches.Add(new Cluster.Types.TransportSocketMatch
        {
            Name = "tlsMode-disabled",
            Match = new Struct(),
            TransportSocket = Sent.Tls(new RawBuffer()),
        });
    }

    private static Envoy.Config.Listener.V3.Listener Inbound()
    {
        var listener = Sent.Bound("virtualInbound", "0.0.0.0:15006", "inbound|8080||");
        listener.TrafficDirection = TrafficDirection.Inbound;
        listener.ListenerFilters.AddRange(new IMessage[] { new OriginalDst(), new TlsInspector(), new HttpInspector() }
            .Select(filter => new ListenerFilter { Name = filter.Descriptor.Name, TypedConfig = Any.Pack(filter) }));
        var chain = listener.FilterChains[0];
        chain.FilterChainMatch = new() { DestinationPort = 8080, TransportProtocol = "tls", ApplicationProtocols = { "istio", "istio-peer-exchange" } };
        var context = new DownstreamTlsContext { RequireClientCertificate = true, CommonTlsContext = Sent.Mutual(Identity, _agent).CommonTlsContext };
        context.CommonTlsContext.AlpnProtocols.Clear();
        context.CommonTlsContext.AlpnProtocols.AddRange(["istio-peer-exchange", "h2", "http/1.1"]);
        context.CommonTlsContext.TlsParams = new TlsParameters
        {
            TlsMinimumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv12,
            TlsMaximumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv13,
            CipherSuites = { "ECDHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256" },
        };
        chain.TransportSocket = Sent.Tls(context);
        return listener;
    }
}
