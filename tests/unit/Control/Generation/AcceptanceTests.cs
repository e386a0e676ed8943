using Intercept.Control.Generation;
using Intercept.Control.Manifests.Folder;
using Intercept.Control.Model;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Mesh.Tls;
using Intercept.Tests.Unit.Mesh;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>From manifests to what a proxy acts on: what the control plane sends, the proxy takes without a word.</summary>
public sealed class AcceptanceTests
{
    private static readonly string _manifests = Path.Combine(Repository.Root, "tests/unit/Control/Generation/Manifests");

    private static MeshModel Model
    {
        get
        {
            var reading = FolderReader.ReadOnce(_manifests, MeshOptions.Default);
            Assert.Empty(reading.Problems);
            return reading.Model!;
        }
    }

    [Theory]
    [InlineData("web-1")]
    [InlineData("web-2")]
    [InlineData("database-0")]
    [InlineData("elsewhere-0")]
    public void The_proxy_takes_all_that_it_is_sent(string pod)
    {
        var resources = new ResourceGenerator().Generate(Model, Generated.Node(pod));

        var proxy = new FedProxy(resources);

        Assert.Empty(proxy.Problems);
        Assert.NotNull(proxy.Snapshot);
        Assert.Empty(proxy.Snapshot.RefusedListeners);
        Assert.Empty(proxy.Snapshot.Discovered!.Refused);
        Assert.Empty(proxy.Snapshot.Discovered.WarmingClusters);
        Assert.Empty(proxy.Snapshot.Discovered.WarmingListeners);
        Assert.Equal(resources[ResourceType.Listener].Count, proxy.Snapshot.Listeners.Length);
        Assert.Equal(resources[ResourceType.Cluster].Count, proxy.Snapshot.Clusters.Count);
    }

    [Fact]
    public void Every_listener_leads_to_clusters_that_are_there()
    {
        var snapshot = Fed("web-1");

        Assert.All(snapshot.Listeners.SelectMany(Chains), chain => Assert.All(chain.Proxy.Clusters, target => Assert.True(snapshot.Clusters.ContainsKey(target.Name), target.Name)));
    }

    [Theory]
    [InlineData("10.96.0.10:80", "outbound|80|v1|web.shop.svc.cluster.local*90 outbound|80|v2|web.shop.svc.cluster.local*10")]
    [InlineData("10.96.0.10:9000", "outbound|9000||web.shop.svc.cluster.local*1")]
    [InlineData("10.96.0.12:50051", "outbound|50051||dual.shop.svc.cluster.local*1")]
    [InlineData("[fd00:96::12]:50051", "outbound|50051||dual.shop.svc.cluster.local*1")]
    [InlineData("10.1.0.3:5432", "outbound|5432||database.shop.svc.cluster.local*1")]
    [InlineData("10.1.0.4:5432", "PassthroughCluster*1")]
    [InlineData("192.0.2.5:3306", "outbound|3306||warehouse.example*1")]
    [InlineData("198.51.100.1:3306", "PassthroughCluster*1")]
    [InlineData("192.0.2.77:9100", "outbound|9100||printer.shop.example*1")]
    [InlineData("203.0.113.1:443", "PassthroughCluster*1")]
    [InlineData("203.0.113.1:443 api.payments.example", "outbound|443||api.payments.example*1")]
    [InlineData("203.0.113.1:1234", "PassthroughCluster*1")]
    [InlineData("10.1.0.1:15001", "BlackHoleCluster*1")]
    public void A_captured_connection_goes_where_the_manifests_say(string destination, string clusters)
    {
        var parts = destination.Split(' ');
        var query = parts.Length == 1 ? Tests.Unit.Mesh.Chains.To(parts[0]) : Tests.Unit.Mesh.Chains.To(parts[0]).Tls(parts[1]);

        Assert.Equal(clusters, string.Join(' ', Outbound(Fed("database-0").Listeners, query).Proxy.Clusters.Select(target => $"{target.Name}*{target.Weight}")));
    }

    [Fact]
    public void Endpoints_with_a_proxy_are_spoken_to_in_mutual_tls_and_the_others_in_plaintext()
    {
        var snapshot = Fed("database-0");
        var web = snapshot.Clusters["outbound|80|v1|web.shop.svc.cluster.local"];
        var admin = snapshot.Clusters["outbound|9000||web.shop.svc.cluster.local"];

        Assert.Equal(ClusterType.Eds, web.Type);
        Assert.Equal("10.1.0.1", Assert.Single(web.Endpoints).Address.ToString());
        Assert.Equal(BalancingPolicy.RoundRobin, web.Balancing);
        Assert.Equal(100, web.MaximumConnections);
        var tls = Tls(web, web.Endpoints[0]);
        Assert.Equal("spiffe://cluster.local/ns/shop/sa/web", Assert.Single(tls!.Peer.UriMatchers).Text);
        Assert.All(admin.Endpoints, endpoint => Assert.Null(Tls(admin, endpoint)));
        Assert.NotNull(snapshot.Clusters["outbound|5432||database.shop.svc.cluster.local"].Tls);
        Assert.NotNull(snapshot.Clusters["outbound|9100||printer.shop.example"].Tls);
    }

    private static UpstreamTls? Tls(Cluster cluster, UpstreamEndpoint endpoint) =>
        cluster.TransportOf(endpoint.Labels) is var match and > 0 ? cluster.TransportSocketMatches[match - 1].Tls : cluster.Tls;

    private static Intercept.Mesh.MeshSnapshot Fed(string pod) => new FedProxy(new ResourceGenerator().Generate(Model, Generated.Node(pod))).Snapshot!;

    private static IEnumerable<FilterChain> Chains(Listener listener) =>
        listener.DefaultFilterChain is { } rest ? listener.FilterChains.Append(rest) : listener.FilterChains;

    // use_original_dst: the listener of exactly this address, else of this port, else virtualOutbound itself.
    private static FilterChain Outbound(IReadOnlyCollection<Listener> listeners, ChainQuery query)
    {
        var listener = listeners.FirstOrDefault(candidate => !candidate.BindsToPort && candidate.Addresses.Contains(query.Destination))
            ?? listeners.FirstOrDefault(candidate => !candidate.BindsToPort && candidate.Addresses.Any(address =>
                address.Address.IsUnspecified && address.Port == query.Destination.Port && address.Address.IsIPv6 == query.Destination.Address.IsIPv6))
            ?? listeners.Single(candidate => candidate.Name == "virtualOutbound");
        return new FilterChainSelector(listener).Select(query)!;
    }
}
