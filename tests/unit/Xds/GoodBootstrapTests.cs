using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;
using Intercept.Mesh.Tls;

namespace Intercept.Tests.Unit.Xds;

public sealed class GoodBootstrapTests
{
    private const string Credentials = "/var/run/secrets/workload-spiffe-credentials/";

    private static readonly TlsParameters _tls13 = new() { Minimum = TlsVersion.Tls13, Maximum = TlsVersion.Tls13, CipherSuites = [], AlpnProtocols = [] };

    [Fact]
    public void A_client_sidecar_sends_the_mesh_over_mTLS_and_the_rest_as_it_is()
    {
        var snapshot = Bootstraps.Read("client-sidecar.yaml");

        Assert.Equal(new NodeIdentity("client.shop", "client"), snapshot.Node);
        Assert.Equal(Endpoint("127.0.0.1:15000"), snapshot.Admin);
        Assert.Equal(1, snapshot.Version);
        var expected = new Listener
        {
            Name = "virtualOutbound",
            Addresses = [Endpoint("127.0.0.1:15001"), Endpoint("[::1]:15001")],
            Direction = TrafficDirection.Outbound,
            RecoversOriginalDestination = true,
            InspectsTls = false,
            Transparent = false,
            ListenerFiltersTimeout = TimeSpan.FromSeconds(15),
            ContinuesOnListenerFiltersTimeout = false,
            MaximumConnectionsPerSource = 0,
            FilterChains =
            [
                Chain("mesh", "mesh") with { Match = new FilterChainMatch { DestinationPrefixes = [Cidr.Parse("10.88.0.0/16"), Cidr.Parse("fd88::/64")] } },
            ],
            DefaultFilterChain = Chain("passthrough", "PassthroughCluster"),
        };
        Assert.Equal(expected, Assert.Single(snapshot.Listeners));
        Assert.Equal(
            OriginalDestination("mesh") with
            {
                Tls = new UpstreamTls(
                    new CertificateFiles(Credentials + "cert-chain.pem", Credentials + "key.pem"),
                    _tls13,
                    new PeerRules
                    {
                        Trust = new TrustFile(Credentials + "root-cert.pem"),
                        TrustDomains = ["cluster.local"],
                        UriMatchers = [new StringMatch(StringMatchKind.Prefix, "spiffe://cluster.local/ns/shop/", ignoresCase: false)],
                    },
                    ServerName: null),
            },
            snapshot.Clusters["mesh"]);
        Assert.Equal(OriginalDestination("PassthroughCluster"), snapshot.Clusters["PassthroughCluster"]);
    }

    [Fact]
    public void A_server_sidecar_is_strict_and_lets_in_only_whom_policy_names()
    {
        var snapshot = Bootstraps.Read("server-sidecar.yaml");

        var listener = Assert.Single(snapshot.Listeners);
        Assert.Equal([Endpoint("0.0.0.0:15006"), Endpoint("[::]:15006")], listener.Addresses.ToArray());
        Assert.Equal(TrafficDirection.Inbound, listener.Direction);
        Assert.Equal(1000, listener.MaximumConnectionsPerSource);
        Assert.True(listener.InspectsTls);
        Assert.Null(listener.DefaultFilterChain);
        var strict = new DownstreamTls(
            new CertificateFiles(Credentials + "cert-chain.pem", Credentials + "key.pem"),
            _tls13,
            new PeerRules { Trust = new TrustFile(Credentials + "root-cert.pem"), TrustDomains = [], UriMatchers = [] },
            RequiresClientCertificate: true);
        Assert.All(listener.FilterChains, chain => Assert.Equal(strict, chain.Tls));
        Assert.Equal(new FilterChainMatch { DestinationPort = 5432, Transport = DetectedTransport.Tls }, listener.FilterChains[0].Match);
        Assert.Equal(
            new NetworkRbac("postgresql", RbacAction.Allow,
            [
                new RbacPolicy(
                    "ns[shop]-policy[postgresql]-rule[0]",
                    [new DestinationPortRule(5432, 5432)],
                    [new AuthenticatedRule(new StringMatch(StringMatchKind.Exact, "spiffe://cluster.local/ns/shop/sa/client", ignoresCase: false))]),
            ]),
            Assert.Single(listener.FilterChains[0].Rbac));
        Assert.Equal([RbacAction.Deny, RbacAction.Allow], listener.FilterChains[1].Rbac.Select(filter => filter.Action));
        Assert.Equal(
            new AuthenticatedRule(new StringMatch(StringMatchKind.Contains, "/ns/shop/", ignoresCase: false)),
            listener.FilterChains[1].Rbac[1].Policies[0].Principals[0]);
        Assert.Equal(
            OriginalDestination("InboundPassthroughCluster") with { BindAddresses = [NetAddress.Parse("127.0.0.6"), NetAddress.Parse("::6")] },
            snapshot.Clusters["InboundPassthroughCluster"]);
    }

    [Fact]
    public void Permissive_is_two_chains_and_brings_the_inspector_that_tells_them_apart()
    {
        var listener = Assert.Single(Bootstraps.Read("permissive.yaml").Listeners);

        Assert.True(listener.InspectsTls);
        Assert.Equal([DetectedTransport.Tls, DetectedTransport.RawBuffer], listener.FilterChains.Select(chain => chain.Match.Transport!.Value));
        Assert.Null(listener.FilterChains[1].Tls);
        Assert.Equal(
            new TlsParameters
            {
                Minimum = TlsVersion.Tls12,
                Maximum = TlsVersion.Tls13,
                CipherSuites = ["TLS_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"],
                AlpnProtocols = ["istio"],
            },
            listener.FilterChains[0].Tls!.Parameters);
    }

    [Fact]
    public void Json_with_lowerCamelCase_names_weights_and_host_names()
    {
        var snapshot = Bootstraps.Read("disable.json");

        Assert.Equal(Endpoint("[::1]:15000"), snapshot.Admin);
        var chain = Assert.Single(Assert.Single(snapshot.Listeners).FilterChains);
        Assert.Null(chain.Tls);
        Assert.Equal([new WeightedCluster("local", 90), new WeightedCluster("named", 10)], chain.Proxy.Clusters.ToArray());
        Assert.Equal(TimeSpan.Zero, chain.Proxy.IdleTimeout);
        var local = snapshot.Clusters["local"];
        Assert.Equal(TimeSpan.FromMilliseconds(250), local.ConnectTimeout);
        Assert.Equal(0, local.MaximumConnections);
        Assert.Equal(
            [new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 6379, 3), new UpstreamEndpoint(NetAddress.LoopbackIPv6, null, 6379, 1)],
            local.Endpoints.ToArray());
        var named = snapshot.Clusters["named"];
        Assert.Equal(ClusterType.StrictDns, named.Type);
        Assert.Equal(TimeSpan.FromSeconds(30), named.DnsRefreshRate);
        Assert.Equal(1024, named.MaximumConnections);
        Assert.Equal(new UpstreamEndpoint(null, "redis.shop.svc", 6379, 1), Assert.Single(named.Endpoints));
    }

    [Fact]
    public void The_same_text_reads_the_same_as_YAML_and_as_JSON()
    {
        var text = Bootstraps.Text("disable.json");
        var (json, yaml) = (Bootstraps.Accept("a.json", text), Bootstraps.Accept("a.yaml", text));

        Assert.Equal(json.Listeners.ToArray(), yaml.Listeners.ToArray());
        Assert.Equal(json.Clusters.OrderBy(cluster => cluster.Key), yaml.Clusters.OrderBy(cluster => cluster.Key));
        Assert.Equal((json.Node, json.Admin), (yaml.Node, yaml.Admin));
    }

    private static NetEndpoint Endpoint(string text) => NetEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException(text);

    private static FilterChain Chain(string name, string cluster) => new()
    {
        Name = name,
        Match = FilterChainMatch.Any,
        Tls = null,
        TransportSocketConnectTimeout = TimeSpan.FromSeconds(10),
        Rbac = [],
        Proxy = new TcpProxy { Clusters = [new WeightedCluster(cluster, 1)], StatPrefix = cluster, IdleTimeout = TimeSpan.FromHours(1) },
    };

    private static Cluster OriginalDestination(string name) => new()
    {
        Name = name,
        Type = ClusterType.OriginalDestination,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        Endpoints = [],
        Tls = null,
        BindAddresses = [],
        OriginalDestinationPortOverride = null,
        MaximumConnections = 1024,
        DnsRefreshRate = TimeSpan.FromSeconds(5),
    };
}
