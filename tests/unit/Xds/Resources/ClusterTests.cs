using Intercept.Mesh.Clusters;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>Clusters and their endpoints: make before break.</summary>
public sealed class ClusterTests
{
    [Theory]
    [InlineData("Auto", AddressFamilies.Auto)]
    [InlineData("V4Only", AddressFamilies.V4Only)]
    [InlineData("V6Only", AddressFamilies.V6Only)]
    [InlineData("V4Preferred", AddressFamilies.V4Preferred)]
    [InlineData("All", AddressFamilies.All)]
    public void A_name_is_looked_up_in_the_families_that_its_cluster_says(string given, AddressFamilies families)
    {
        var store = new StoreUnderTest().Started();
        var cluster = Sent.StaticCluster("a", "10.0.0.1:80");
        cluster.DnsLookupFamily = Enum.Parse<Envoy.Config.Cluster.V3.Cluster.Types.DnsLookupFamily>(given);
        store.Accepts(ResourceType.Cluster, Sent.Of(cluster));
        Assert.Equal(families, store.Cluster("a")!.NameFamilies);

        cluster.DnsLookupFamily = (Envoy.Config.Cluster.V3.Cluster.Types.DnsLookupFamily)9;
        Assert.Contains("dns_lookup_family", store.Receive(Sent.Batch(ResourceType.Cluster, Sent.Of(cluster, "2"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_serves_when_its_endpoints_are_there()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")));
        Assert.Null(store.Cluster("a"));
        Assert.Equal("a", Assert.Single(store.Last.Discovered!.WarmingClusters));
        Assert.Equal(["service"], store.Store.Wanted(ResourceType.Endpoint).Names);
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("service", "10.0.0.1:80")));
        Assert.Equal("10.0.0.1:80", store.Endpoints("a"));
        Assert.Empty(store.Last.Discovered!.WarmingClusters);
    }

    [Fact]
    public void A_cluster_that_names_no_service_asks_under_its_own_name()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a")));
        Assert.Equal(["a"], store.Store.Wanted(ResourceType.Endpoint).Names);
    }

    [Fact]
    public void A_changed_cluster_goes_on_with_the_endpoints_that_it_has()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("service", "10.0.0.1:80")));
        var changed = Sent.EdsCluster("a", "service");
        changed.ConnectTimeout = new() { Seconds = 1 };
        store.Accepts(ResourceType.Cluster, Sent.Of(changed, "2"));
        Assert.Equal(TimeSpan.FromSeconds(1), store.Cluster("a")!.ConnectTimeout);
        Assert.Equal("10.0.0.1:80", store.Endpoints("a"));
    }

    [Fact]
    public void Until_new_endpoints_are_there_the_old_cluster_serves()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "old")));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("old", "10.0.0.1:80")));
        var before = store.Cluster("a");
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "new"), "2"));
        Assert.Same(before, store.Cluster("a"));
        Assert.Equal(["new"], store.Store.Wanted(ResourceType.Endpoint).Names);
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("new", "10.0.0.2:80")));
        Assert.Equal("10.0.0.2:80", store.Endpoints("a"));
    }

    [Fact]
    public void A_cluster_whose_endpoints_do_not_come_serves_without_any()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")));
        store.Store.Absent(ResourceType.Endpoint, "service");
        Assert.Equal("", store.Endpoints("a"));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("service", "10.0.0.1:80")));
        Assert.Equal("10.0.0.1:80", store.Endpoints("a"));
    }

    [Fact]
    public void Endpoints_that_are_there_are_not_lost_to_a_slow_answer()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("service", "10.0.0.1:80")));
        store.Store.Absent(ResourceType.Endpoint, "service");
        Assert.Equal("10.0.0.1:80", store.Endpoints("a"));
        Assert.Equal("", store.Receive(Sent.Removal(ResourceType.Endpoint, "service")));
        Assert.Equal("", store.Endpoints("a"));
    }

    [Fact]
    public void A_cluster_may_change_its_name_and_keep_its_endpoints()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("service", "10.0.0.1:80")));
        Assert.Equal("", store.Receive(new ResourceBatch(ResourceType.Cluster, [Sent.Of(Sent.EdsCluster("b", "service"))], ["a"], IsWhole: false)));
        Assert.Null(store.Cluster("a"));
        Assert.Equal("10.0.0.1:80", store.Endpoints("b"));
    }

    [Fact]
    public void With_the_last_cluster_that_asks_for_them_endpoints_go()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")), Sent.Of(Sent.EdsCluster("b", "service")));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("service", "10.0.0.1:80")));
        store.Receive(Sent.Removal(ResourceType.Cluster, "a"));
        Assert.Equal("1", store.Store.Versions(ResourceType.Endpoint)["service"]);
        store.Receive(Sent.Removal(ResourceType.Cluster, "b"));
        Assert.Empty(store.Store.Versions(ResourceType.Endpoint));
        Assert.True(store.Store.Wanted(ResourceType.Endpoint).IsNone);
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a", "service")));
        Assert.Null(store.Cluster("a"));
    }

    [Fact]
    public void In_the_state_of_the_world_what_is_not_there_is_gone()
    {
        var store = new StoreUnderTest().Started();
        store.Receive(Sent.Whole(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a")), Sent.Of(Sent.StaticCluster("b"))));
        store.Receive(Sent.Whole(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("b"))));
        Assert.Equal(["b", "own"], store.Last.Clusters.Keys.Order());
        store.Receive(Sent.Whole(ResourceType.Cluster));
        Assert.Equal(["own"], store.Last.Clusters.Keys);
    }

    [Fact]
    public void A_change_concerns_the_cluster_that_it_names_and_no_other()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, [.. Enumerable.Range(0, 20).Select(i => Sent.Of(Sent.EdsCluster($"c{i}")))]);
        store.Accepts(ResourceType.Endpoint, [.. Enumerable.Range(0, 20).Select(i => Sent.Of(Sent.Endpoints($"c{i}", "10.0.0.1:80")))]);
        var before = store.Last;
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("c7", "10.0.0.1:80", "10.0.0.2:80"), "2"));
        Assert.Equal(["c7"], before.Clusters.Where(cluster => !ReferenceEquals(cluster.Value, store.Cluster(cluster.Key))).Select(cluster => cluster.Key));
        Assert.Equal(before.Listeners, store.Last.Listeners);
        Assert.True(store.Last.Version > before.Version);
    }

    [Fact]
    public void The_same_again_under_another_version_keeps_its_object()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a", "10.0.0.1:80")));
        var before = store.Cluster("a");
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a", "10.0.0.1:80"), "2"));
        Assert.Same(before, store.Cluster("a"));
        Assert.Equal("2", store.Last.Discovered!.Clusters["a"].Version);
    }

    [Fact]
    public void What_is_wanted_is_the_same_object_until_it_changes()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a")));
        var wanted = store.Store.Wanted(ResourceType.Endpoint);
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a"), "2"));
        Assert.Same(wanted, store.Store.Wanted(ResourceType.Endpoint));
        Assert.True(store.Store.Wanted(ResourceType.Cluster).IsWildcard);
        Assert.True(store.Store.Wanted(ResourceType.Listener).IsWildcard);
        Assert.True(store.Store.Wanted(ResourceType.Route).IsNone);
    }
}
