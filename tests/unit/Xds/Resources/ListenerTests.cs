using Intercept.Mesh.Listeners;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>Listeners: what cannot be used closes what it is meant for, and never lets it fall through.</summary>
public sealed class ListenerTests
{
    private const string Capture = "virtualOutbound";

    [Fact]
    public void A_listener_without_a_socket_is_handed_its_connections()
    {
        var store = new StoreUnderTest().Started();
        var capture = Sent.Bound(Capture, "0.0.0.0:15001", "pass");
        capture.UseOriginalDst = true;
        store.Accepts(ResourceType.Listener, Sent.Of(capture), Sent.Of(Sent.Outbound("10.96.0.1_80", "10.96.0.1:80", "a")));
        var (own, handed, handing) = (store.Last.Listeners[0], store.Last.Listeners[1], store.Last.Listeners[2]);
        Assert.Equal(["own", "10.96.0.1_80", Capture], store.Last.Listeners.Select(listener => listener.Name));
        Assert.Equal((true, false), (own.BindsToPort, own.HandsOver));
        Assert.Equal((false, false), (handed.BindsToPort, handed.HandsOver));
        Assert.Equal((true, true), (handing.BindsToPort, handing.HandsOver));
        Assert.True(handed.RecoversOriginalDestination);
    }

    [Fact]
    public void A_listener_may_name_a_cluster_that_is_not_there()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "not there")));
        Assert.Equal("not there", store.Last.Listeners[1].FilterChains[0].Proxy.Clusters[0].Name);
        Assert.False(store.Last.Clusters.ContainsKey("not there"));
    }

    [Fact]
    public void A_refused_listener_keeps_its_place()
    {
        var store = new StoreUnderTest().Started();
        var bad = Sent.Outbound("10.96.0.1_80", "10.96.0.1:80", "a");
        bad.FilterChains[0].Filters.Clear();
        Assert.Equal(
            "Listener '10.96.0.1_80': filter_chains[0].filters do not end with a tcp_proxy; allowed: network RBAC filters, then one tcp_proxy",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(bad), Sent.Of(Sent.Outbound("good", "10.96.0.2:80", "a")))));
        Assert.Equal(["own", "good"], store.Last.Listeners.Select(listener => listener.Name));
        var refused = Assert.Single(store.Last.RefusedListeners);
        Assert.Equal(("10.96.0.1_80", "10.96.0.1:80", false, TrafficDirection.Outbound), (refused.Name, $"{refused.Addresses[0]}", refused.BindsToPort, refused.Direction));
        Assert.Contains("do not end with a tcp_proxy", refused.Why, StringComparison.Ordinal);
        Assert.Equal(["10.96.0.1_80"], store.Last.Discovered!.Refused.Select(resource => resource.Name));

        store.Receive(Sent.Removal(ResourceType.Listener, "10.96.0.1_80"));
        Assert.Empty(store.Last.RefusedListeners);
        Assert.Empty(store.Last.Discovered!.Refused);
    }

    [Fact]
    public void A_refused_change_leaves_the_last_good_listener_in_use()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a")));
        var before = store.Last.Listeners[1];
        var bad = Sent.Outbound("a", "10.96.0.1:80", "a");
        bad.FilterChains.Clear();
        Assert.NotEmpty(store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(bad, "2"))));
        Assert.Same(before, store.Last.Listeners[1]);
        Assert.Empty(store.Last.RefusedListeners);
        Assert.Equal("1", store.Store.Versions(ResourceType.Listener)["a"]);
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:81", "a"), "3"));
        Assert.Empty(store.Last.Discovered!.Refused);
    }

    [Fact]
    public void Of_bytes_that_are_no_listener_the_name_tells_the_address()
    {
        var store = new StoreUnderTest().Started();
        store.Receive(Sent.Batch(
            ResourceType.Listener,
            new DiscoveredResource("10.96.0.1_443", "1", Google.Protobuf.ByteString.CopyFrom(0xff, 0xff)),
            new DiscoveredResource("[who knows]", "1", Google.Protobuf.ByteString.CopyFrom(0xff, 0xff))));
        Assert.Equal(["10.96.0.1:443"], store.Last.RefusedListeners[0].Addresses.Select(address => $"{address}"));
        Assert.Empty(store.Last.RefusedListeners[1].Addresses);
    }

    [Fact]
    public void Two_listeners_do_not_share_an_address()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a")));
        Assert.Contains(
            "Listener 'b': address '10.96.0.1:80' is already an address of listener 'a'",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(Sent.Outbound("b", "10.96.0.1:80", "b")))),
            StringComparison.Ordinal);
        Assert.Contains(
            "is already an address of listener 'own'",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(Sent.Bound("c", "127.0.0.1:15009", "b")))),
            StringComparison.Ordinal);

        // The one that is there goes on; when it goes, its place is not left open.
        Assert.Empty(store.Last.RefusedListeners);
        store.Receive(Sent.Removal(ResourceType.Listener, "a"));
        Assert.Equal("b", Assert.Single(store.Last.RefusedListeners).Name);
    }

    [Fact]
    public void Listeners_may_change_places()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a")), Sent.Of(Sent.Outbound("b", "10.96.0.2:80", "b")));
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.2:80", "a")), Sent.Of(Sent.Outbound("b", "10.96.0.1:80", "b")));
        Assert.Equal(["10.96.0.2:80", "10.96.0.1:80"], store.Last.Listeners.Skip(1).Select(listener => $"{listener.Addresses[0]}"));
        Assert.Equal("", store.Receive(new ResourceBatch(ResourceType.Listener, [Sent.Of(Sent.Outbound("c", "10.96.0.2:80", "c"))], ["a"], IsWhole: false)));
    }

    [Fact]
    public void One_that_says_the_same_again_keeps_its_address_and_its_object()
    {
        var store = new StoreUnderTest().Started();
        store.Receive(Sent.Whole(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a"))));
        var before = store.Last.Listeners[1];
        var problems = store.Receive(Sent.Whole(
            ResourceType.Listener, Sent.Of(Sent.Outbound("b", "10.96.0.1:80", "b"), "2"), Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a"), "2")));
        Assert.Contains("Listener 'b': address '10.96.0.1:80' is already an address of listener 'a'", problems, StringComparison.Ordinal);
        Assert.Same(before, store.Last.Listeners[1]);
        Assert.Equal("2", store.Store.Versions(ResourceType.Listener)["a"]);
    }

    [Fact]
    public void A_refusal_is_over_when_the_last_good_version_comes_back()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a")));
        var bad = Sent.Outbound("a", "10.96.0.1:80", "a");
        bad.FilterChains.Clear();
        Assert.NotEmpty(store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(bad, "2"))));
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("a", "10.96.0.1:80", "a"), "3"));
        Assert.Empty(store.Last.Discovered!.Refused);
    }

    [Fact]
    public void A_listener_of_the_bootstrap_stays()
    {
        var store = new StoreUnderTest().Started();
        Assert.Contains(
            "Listener 'own': name 'own' is a listener of the bootstrap, which stays",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(Sent.Bound("own", "0.0.0.0:1", "b")))),
            StringComparison.Ordinal);
        Assert.Contains(
            "Cluster 'own': name 'own' is a cluster of the bootstrap, which stays",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("own", "10.0.0.1:1")))),
            StringComparison.Ordinal);
        Assert.Same(store.Static.Listeners[0], Assert.Single(store.Last.Listeners));
        Assert.Empty(store.Last.RefusedListeners);
        Assert.Same(store.Static.Clusters["own"], store.Cluster("own"));
        store.Receive(Sent.Whole(ResourceType.Cluster));
        store.Receive(Sent.Whole(ResourceType.Listener));
        Assert.Same(store.Static.Clusters["own"], store.Cluster("own"));
        Assert.Same(store.Static.Listeners[0], Assert.Single(store.Last.Listeners));
    }

    [Fact]
    public void A_cluster_that_leads_back_is_refused_whichever_comes_first()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Bound(Capture, "0.0.0.0:15001", "a")));
        Assert.Equal(
            "Cluster 'a': load_assignment '127.0.0.1:15001' is the proxy's own listener 'virtualOutbound': connections would run in a circle; allowed: another address",
            store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a", "127.0.0.1:15001")))));
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("b")), Sent.Of(Sent.StaticCluster("c", "127.0.0.1:15006")));
        Assert.Contains(
            "ClusterLoadAssignment 'b': endpoints '127.0.0.1:15001' is the proxy's own listener",
            store.Receive(Sent.Batch(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("b", "10.0.0.1:15001", "127.0.0.1:15001")))),
            StringComparison.Ordinal);
        Assert.Contains(
            "Listener 'virtualInbound': address is an endpoint of cluster 'c': connections would run in a circle",
            store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(Sent.Bound("virtualInbound", "0.0.0.0:15006", "c")))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_published_before_everything_is_there()
    {
        var store = new StoreUnderTest();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a")));
        store.Accepts(ResourceType.Listener, Sent.Of(Sent.Outbound("l", "10.96.0.1:80", "a")));
        Assert.Empty(store.Published);
        Assert.False(store.Store.IsComplete);
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("a", "10.0.0.1:80")));
        Assert.Single(store.Published);
        Assert.True(store.Store.IsComplete);
    }

    [Fact]
    public void Listeners_and_clusters_that_do_not_come_are_not_waited_for()
    {
        var store = new StoreUnderTest();
        store.Store.Absent(ResourceType.Cluster, Subscription.WildcardName);
        Assert.Empty(store.Published);
        store.Store.Absent(ResourceType.Listener, Subscription.WildcardName);
        Assert.Same(store.Static.Listeners[0], Assert.Single(Assert.Single(store.Published).Listeners));
    }
}
