using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;
using Intercept.Xds.Resources;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>What a server may get wrong: told by name, and nothing else is touched.</summary>
public sealed class BadResourceTests
{
    [Fact]
    public void Of_one_response_the_good_resources_are_taken()
    {
        var store = new StoreUnderTest().Started();
        var bad = Sent.StaticCluster("bad", "10.0.0.1:0");
        Assert.Equal(
            "Cluster 'bad': load_assignment.endpoints[0].lb_endpoints[0].endpoint.address.socket_address.port_value '0' is not a port; allowed: a port from 1 to 65535",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a")), Sent.Of(bad), Sent.Of(Sent.StaticCluster("b")))));
        Assert.Equal(["a", "b", "own"], store.Last.Clusters.Keys.Order());
    }

    [Fact]
    public void A_name_that_is_there_twice_is_nobody_s()
    {
        var store = new StoreUnderTest().Started();
        Assert.Equal(
            "Cluster 'a': name 'a' names two resources of one response; allowed: names that differ",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a")), Sent.Of(Sent.StaticCluster("a", "10.0.0.1:1")), Sent.Of(Sent.StaticCluster("b")))));
        Assert.Equal(["b", "own"], store.Last.Clusters.Keys.Order());
    }

    [Fact]
    public void A_resource_has_the_name_that_it_is_sent_under()
    {
        var store = new StoreUnderTest().Started();
        Assert.Equal(
            "Cluster 'b': (resource) 'a' is the name that the message gives itself; allowed: the name that it is sent under",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a"), "b", "1"))));
    }

    [Theory]
    [InlineData("cluster_type", "is an Envoy field that this version does not support")]
    [InlineData("load_balancing_policy", "is an Envoy field that this version does not support")]
    [InlineData("http2_protocol_options", "concerns HTTP, and this version proxies TCP")]
    public void A_field_that_our_proto_leaves_out_is_refused_by_name(string field, string why)
    {
        var store = new StoreUnderTest().Started();
        var number = Intercept.Xds.Reading.UnsupportedFields.Of("envoy.config.cluster.v3.Cluster").Single(known => known.Key == field).Value;
        var bytes = Sent.StaticCluster("a").ToByteArray().Concat(Bytes.Field(number, [])).ToArray();
        Assert.Equal($"Cluster 'a': {field} {why}", store.Receive(Sent.Batch(ResourceType.Cluster, new DiscoveredResource("a", "1", ByteString.CopyFrom(bytes)))));
    }

    [Fact]
    public void What_is_harmless_is_taken_and_listed()
    {
        var store = new StoreUnderTest().Started();
        var cluster = Sent.StaticCluster("a");
        cluster.AltStatName = "a;";
        cluster.OutlierDetection = new();
        store.Accepts(ResourceType.Cluster, Sent.Of(cluster), Sent.Of(Sent.StaticCluster("b")));
        Assert.Equal(
            [("alt_stat_name", 1), ("outlier_detection", 1)],
            store.Last.Discovered!.Ignored.Select(ignored => (ignored.Field, ignored.Resources)));
        cluster.Name = cluster.LoadAssignment.ClusterName = "c";
        store.Accepts(ResourceType.Cluster, Sent.Of(cluster));
        Assert.Equal(2, store.Last.Discovered!.Ignored[0].Resources);
        store.Receive(Sent.Removal(ResourceType.Cluster, "a", "c"));
        Assert.Empty(store.Last.Discovered!.Ignored);
    }

    [Fact]
    public void A_field_that_nobody_knows_yet_is_taken_and_listed()
    {
        var store = new StoreUnderTest().Started();
        var bytes = Sent.StaticCluster("a").ToByteArray().Concat(Bytes.Field(999, [1, 2, 3])).ToArray();
        Assert.Equal("", store.Receive(Sent.Batch(ResourceType.Cluster, new DiscoveredResource("a", "1", ByteString.CopyFrom(bytes)))));
        Assert.Equal("999", Assert.Single(store.Last.Discovered!.Ignored).Field);
    }

    [Fact]
    public void Fields_inside_an_extension_are_seen_as_well()
    {
        var store = new StoreUnderTest().Started();
        var listener = Sent.Outbound("a", "10.96.0.1:80", "a");
        var config = listener.FilterChains[0].Filters[0].TypedConfig;
        const int TunnelingConfig = 12;
        config.Value = ByteString.CopyFrom([.. config.Value.Span, .. Bytes.Field(TunnelingConfig, [])]);
        Assert.Equal(
            "Listener 'a': filter_chains[0].filters[0].typed_config.tunneling_config is an Envoy field that this version does not support",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(listener))));
    }

    [Fact]
    public void Nor_are_they_hidden_by_another_host_in_the_URL()
    {
        var store = new StoreUnderTest().Started();
        var listener = Sent.Outbound("a", "10.96.0.1:80", "a");
        var config = listener.FilterChains[0].Filters[0].TypedConfig;
        const int TunnelingConfig = 12;
        config.TypeUrl = config.TypeUrl.Replace("type.googleapis.com", "example.com", StringComparison.Ordinal);
        config.Value = ByteString.CopyFrom([.. config.Value.Span, .. Bytes.Field(TunnelingConfig, [])]);
        Assert.Contains("tunneling_config is an Envoy field", store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(listener))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager")]
    [InlineData("type.googleapis.com/envoy.extensions.filters.network.sni_cluster.v3.SniCluster")]
    [InlineData("nonsense")]
    [InlineData("")]
    public void An_extension_that_is_not_there_is_refused_by_name(string typeUrl)
    {
        var store = new StoreUnderTest().Started();
        var listener = Sent.Outbound("a", "10.96.0.1:80", "a");
        listener.FilterChains[0].Filters.Insert(0, new() { Name = "x", TypedConfig = new Any { TypeUrl = typeUrl, Value = ByteString.CopyFrom(0xff) } });
        Assert.StartsWith(
            $"Listener 'a': filter_chains[0].filters[0].typed_config.@type '{typeUrl}' is not a network filter",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(listener))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Malformed_bytes_are_a_problem_in_every_type()
    {
        var store = new StoreUnderTest().Started();
        foreach (var type in TypeUrls.All)
        {
            Assert.NotEmpty(store.Receive(Sent.Batch(type, new DiscoveredResource("x", "1", ByteString.CopyFrom(0x0a, 0xff, 0x01)))));
        }
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_a_problem()
    {
        var store = new StoreUnderTest().Started();
        var listener = Sent.Outbound("a", "10.96.0.1:80", "a");
        var config = listener.FilterChains[0].Filters[0].TypedConfig;
        const int StatPrefix = 1;
        config.Value = ByteString.CopyFrom([.. config.Value.Span, .. Bytes.Field(StatPrefix, [0xff, 0xfe])]);
        Assert.Equal("Listener 'a': (resource) has text that is not UTF-8", store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(listener))));
    }

    [Fact]
    public void A_number_that_no_name_stands_for_is_a_problem()
    {
        var store = new StoreUnderTest().Started();
        var cluster = Sent.StaticCluster("a");
        cluster.Type = (Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType)77;
        Assert.StartsWith(
            "Cluster 'a': type '77' is not one of the names; allowed: STATIC, STRICT_DNS",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(cluster))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_are_kept_as_they_came()
    {
        var store = new StoreUnderTest().Started();
        var route = new RouteConfiguration { Name = "80" };
        store.Accepts(ResourceType.Route, Sent.Of(route, "80", "7"));
        var kept = store.Last.Discovered!.Routes["80"];
        Assert.Equal(("7", route), (kept.Version, RouteConfiguration.Parser.ParseFrom(kept.Message.Span)));
    }

    [Fact]
    public void A_flood_of_resources_is_refused_where_it_begins()
    {
        var store = new StoreUnderTest(new ResourceLimits { Resources = 3 }).Started();
        var problems = store.Receive(Sent.Batch(ResourceType.Cluster, [.. Enumerable.Range(0, 5).Select(i => Sent.Of(Sent.StaticCluster($"c{i}")))]));
        Assert.Equal(
            "Cluster 'c3': (resource) would be one more than 3 resources of its type\nCluster 'c4': (resource) would be one more than 3 resources of its type",
            problems);
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("c0", "10.0.0.1:1"), "2"));
    }

    [Fact]
    public void A_flood_of_bytes_is_refused_where_it_begins()
    {
        var store = new StoreUnderTest(new ResourceLimits { Bytes = 1000 }).Started();
        var large = Sent.StaticCluster("large", [.. Enumerable.Range(1, 50).Select(i => $"10.0.0.{i}:80")]);
        Assert.Equal("Cluster 'large': (resource) would bring all resources to more than 1000 bytes", store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(large))));
        for (var version = 0; version < 100; version++)
        {
            store.Accepts(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("small", "10.0.0.1:1"), $"{version}"));
        }
    }

    [Fact]
    public void A_refusal_says_the_first_reasons_and_how_many_more_there_are()
    {
        var store = new StoreUnderTest().Started();
        var bad = Sent.StaticCluster("bad", [.. Enumerable.Repeat("10.0.0.1:0", 100)]);
        var lines = store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(bad))).Split('\n');
        Assert.Equal(33, lines.Length);
        Assert.Equal("Cluster 'bad': (resource) has 68 more problems", lines[^1]);
    }
}
