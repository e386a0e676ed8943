using System.Reflection;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;
using Intercept.Mesh.Tls;
using static Intercept.Tests.Unit.Mesh.Facts;

namespace Intercept.Tests.Unit.Mesh;

/// <summary>
/// A reload keeps the objects of whatever compares equal. A property that equality forgets would be a change that is
/// never applied; one that compares by reference would close connections for nothing.
/// </summary>
public sealed class EqualityTests
{
    [Fact]
    public void Clusters_compare_by_all_that_they_say() => Compares(
        () => new Cluster
        {
            Name = "c",
            Type = ClusterType.Static,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            Endpoints = [new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 80, 1) { Labels = Labels("istio") }],
            TransportSocketMatches = [new TransportSocketMatch("tls", Labels("istio"), Upstream())],
            Tls = Upstream(),
            BindAddresses = [NetAddress.Parse("127.0.0.6")],
            OriginalDestinationPortOverride = 80,
            MaximumConnections = 1024,
            DnsRefreshRate = TimeSpan.FromSeconds(5),
        },
        new()
        {
            [nameof(Cluster.Name)] = cluster => cluster with { Name = "d" },
            [nameof(Cluster.Type)] = cluster => cluster with { Type = ClusterType.StrictDns },
            [nameof(Cluster.ConnectTimeout)] = cluster => cluster with { ConnectTimeout = TimeSpan.FromSeconds(6) },
            [nameof(Cluster.Endpoints)] = cluster => cluster with { Endpoints = [new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 80, 2)] },
            [nameof(Cluster.Tls)] = cluster => cluster with { Tls = null },
            [nameof(Cluster.TransportSocketMatches)] = cluster => cluster with { TransportSocketMatches = [new TransportSocketMatch("tls", Labels("disabled"), Upstream())] },
            [nameof(Cluster.Balancing)] = cluster => cluster with { Balancing = BalancingPolicy.Random },
            [nameof(Cluster.BindAddresses)] = cluster => cluster with { BindAddresses = [NetAddress.Parse("::6")] },
            [nameof(Cluster.OriginalDestinationPortOverride)] = cluster => cluster with { OriginalDestinationPortOverride = null },
            [nameof(Cluster.MaximumConnections)] = cluster => cluster with { MaximumConnections = 0 },
            [nameof(Cluster.DnsRefreshRate)] = cluster => cluster with { DnsRefreshRate = TimeSpan.FromSeconds(6) },
            [nameof(Cluster.NameFamilies)] = cluster => cluster with { NameFamilies = AddressFamilies.V4Only },
        });

    [Fact]
    public void Listeners_compare_by_all_that_they_say() => Compares(
        () => Chains.Listener(Chains.Chain("default"), Chains.Chain("a")),
        new()
        {
            [nameof(Listener.Name)] = listener => listener with { Name = "other" },
            [nameof(Listener.Addresses)] = listener => listener with { Addresses = [Chains.Endpoint("[::1]:15001")] },
            [nameof(Listener.Direction)] = listener => listener with { Direction = TrafficDirection.Inbound },
            [nameof(Listener.BindsToPort)] = listener => listener with { BindsToPort = false },
            [nameof(Listener.HandsOver)] = listener => listener with { HandsOver = true },
            [nameof(Listener.RecoversOriginalDestination)] = listener => listener with { RecoversOriginalDestination = false },
            [nameof(Listener.InspectsTls)] = listener => listener with { InspectsTls = false },
            [nameof(Listener.Transparent)] = listener => listener with { Transparent = true },
            [nameof(Listener.ListenerFiltersTimeout)] = listener => listener with { ListenerFiltersTimeout = TimeSpan.Zero },
            [nameof(Listener.ContinuesOnListenerFiltersTimeout)] = listener => listener with { ContinuesOnListenerFiltersTimeout = true },
            [nameof(Listener.MaximumConnectionsPerSource)] = listener => listener with { MaximumConnectionsPerSource = 1 },
            [nameof(Listener.FilterChains)] = listener => listener with { FilterChains = [Chains.Chain("b")] },
            [nameof(Listener.DefaultFilterChain)] = listener => listener with { DefaultFilterChain = null },
        });

    [Fact]
    public void Refused_listeners_compare_by_all_that_they_say() => Compares(
        () => new RefusedListener("a", [Chains.Endpoint("10.0.0.1:80")], TrafficDirection.Outbound, BindsToPort: false, "a filter"),
        new()
        {
            [nameof(RefusedListener.Name)] = listener => listener with { Name = "b" },
            [nameof(RefusedListener.Addresses)] = listener => listener with { Addresses = [Chains.Endpoint("10.0.0.1:81")] },
            [nameof(RefusedListener.Direction)] = listener => listener with { Direction = TrafficDirection.Inbound },
            [nameof(RefusedListener.BindsToPort)] = listener => listener with { BindsToPort = true },
            [nameof(RefusedListener.Why)] = listener => listener with { Why = "another" },
        });

    [Fact]
    public void Filter_chains_compare_by_all_that_they_say() => Compares(
        () => Chains.Chain("a") with { Rbac = [Filter()], Tls = Downstream() },
        new()
        {
            [nameof(FilterChain.Name)] = chain => chain with { Name = "b" },
            [nameof(FilterChain.Match)] = chain => chain with { Match = new FilterChainMatch { DestinationPort = 1 } },
            [nameof(FilterChain.Tls)] = chain => chain with { Tls = null },
            [nameof(FilterChain.TransportSocketConnectTimeout)] = chain => chain with { TransportSocketConnectTimeout = TimeSpan.Zero },
            [nameof(FilterChain.Rbac)] = chain => chain with { Rbac = [Filter() with { Policies = [] }] },
            [nameof(FilterChain.Proxy)] = chain => chain with { Proxy = chain.Proxy with { StatPrefix = "b" } },
        });

    [Fact]
    public void Matches_compare_by_all_that_they_say() => Compares(
        () => new FilterChainMatch
        {
            DestinationPort = 80,
            DestinationPrefixes = [Cidr.Parse("10.0.0.0/8")],
            ServerNames = ["a.com"],
            Transport = DetectedTransport.Tls,
            ApplicationProtocols = ["h2"],
            SourcePrefixes = [Cidr.Parse("10.0.0.0/8")],
            SourcePorts = [80],
        },
        new()
        {
            [nameof(FilterChainMatch.DestinationPort)] = match => match with { DestinationPort = null },
            [nameof(FilterChainMatch.DestinationPrefixes)] = match => match with { DestinationPrefixes = [Cidr.Parse("10.0.0.0/9")] },
            [nameof(FilterChainMatch.ServerNames)] = match => match with { ServerNames = ["b.com"] },
            [nameof(FilterChainMatch.Transport)] = match => match with { Transport = DetectedTransport.RawBuffer },
            [nameof(FilterChainMatch.ApplicationProtocols)] = match => match with { ApplicationProtocols = [] },
            [nameof(FilterChainMatch.SourcePrefixes)] = match => match with { SourcePrefixes = [] },
            [nameof(FilterChainMatch.SourcePorts)] = match => match with { SourcePorts = [80, 81] },
        });

    [Fact]
    public void Tcp_proxies_compare_by_all_that_they_say() => Compares(
        () => new TcpProxy { Clusters = [new WeightedCluster("a", 1)], StatPrefix = "a", IdleTimeout = TimeSpan.Zero },
        new()
        {
            [nameof(TcpProxy.Clusters)] = proxy => proxy with { Clusters = [new WeightedCluster("a", 2)] },
            [nameof(TcpProxy.StatPrefix)] = proxy => proxy with { StatPrefix = "b" },
            [nameof(TcpProxy.IdleTimeout)] = proxy => proxy with { IdleTimeout = TimeSpan.FromSeconds(1) },
        });

    [Fact]
    public void Tls_contexts_compare_by_all_that_they_say()
    {
        Compares(
            Downstream,
            new()
            {
                [nameof(DownstreamTls.Certificate)] = tls => tls with { Certificate = new SecretCertificate("chain") },
                [nameof(DownstreamTls.Parameters)] = tls => tls with { Parameters = tls.Parameters with { Minimum = TlsVersion.Tls12 } },
                [nameof(DownstreamTls.Peer)] = tls => tls with { Peer = null },
                [nameof(DownstreamTls.RequiresClientCertificate)] = tls => tls with { RequiresClientCertificate = false },
                [nameof(DownstreamTls.ResumesSessions)] = tls => tls with { ResumesSessions = false },
            });
        Compares(
            Upstream,
            new()
            {
                [nameof(UpstreamTls.Certificate)] = tls => tls with { Certificate = null },
                [nameof(UpstreamTls.Parameters)] = tls => tls with { Parameters = tls.Parameters with { Maximum = TlsVersion.Tls12 } },
                [nameof(UpstreamTls.Peer)] = tls => tls with { Peer = tls.Peer with { Trust = new TrustFile("other") } },
                [nameof(UpstreamTls.ServerName)] = tls => tls with { ServerName = null },
                [nameof(UpstreamTls.ResumesSessions)] = tls => tls with { ResumesSessions = false },
            });
        Compares(
            () => Downstream().Parameters,
            new()
            {
                [nameof(TlsParameters.Minimum)] = tls => tls with { Minimum = TlsVersion.Tls12 },
                [nameof(TlsParameters.Maximum)] = tls => tls with { Maximum = TlsVersion.Tls12 },
                [nameof(TlsParameters.CipherSuites)] = tls => tls with { CipherSuites = [] },
                [nameof(TlsParameters.AlpnProtocols)] = tls => tls with { AlpnProtocols = ["h2"] },
            });
        Compares(
            () => Downstream().Peer!,
            new()
            {
                [nameof(PeerRules.Trust)] = peer => peer with { Trust = new SecretTrust("bundle") },
                [nameof(PeerRules.TrustDomains)] = peer => peer with { TrustDomains = [] },
                [nameof(PeerRules.UriMatchers)] = peer => peer with { UriMatchers = [] },
            });
    }

    [Fact]
    public void Policies_compare_by_all_that_they_say()
    {
        Compares(
            Filter,
            new()
            {
                [nameof(NetworkRbac.StatPrefix)] = filter => filter with { StatPrefix = "other" },
                [nameof(NetworkRbac.Action)] = filter => filter with { Action = RbacAction.Deny },
                [nameof(NetworkRbac.Policies)] = filter => filter with { Policies = [] },
            });
        Compares(
            () => Filter().Policies[0],
            new()
            {
                [nameof(RbacPolicy.Name)] = policy => policy with { Name = "other" },
                [nameof(RbacPolicy.Permissions)] = policy => policy with { Permissions = [new OrRule([new DestinationPortRule(80, 81)])] },
                [nameof(RbacPolicy.Principals)] = policy => policy with { Principals = [AnyRule.Instance] },
            });
        Assert.NotEqual<RbacRule>(new AndRule([AnyRule.Instance]), new OrRule([AnyRule.Instance]));
        Assert.NotEqual<RbacRule>(new SourceAddressRule(Cidr.AllIPv4), new DestinationAddressRule(Cidr.AllIPv4));
        Assert.NotEqual(Match(StringMatchKind.Exact, "a"), Match(StringMatchKind.Exact, "a", ignoresCase: true));
        Assert.NotEqual(Match(StringMatchKind.Prefix, "a"), Match(StringMatchKind.Suffix, "a"));
    }

    /// <param name="make">Makes the same thing anew on each call, sharing no array.</param>
    /// <param name="changes">One change for each property that the record has.</param>
    private static void Compares<T>(Func<T> make, Dictionary<string, Func<T, T>> changes)
        where T : class
    {
        var (one, two) = (make(), make());
        Assert.NotSame(one, two);
        Assert.Equal(one, two);
        Assert.Equal(one.GetHashCode(), two.GetHashCode());
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name);
        Assert.Equal(properties.Order(), changes.Keys.Order());
        foreach (var (property, change) in changes)
        {
            Assert.False(one.Equals(change(two)), $"equality of {typeof(T).Name} forgets {property}");
        }
    }

    private static NetworkRbac Filter() => new(
        "filter",
        RbacAction.Allow,
        [
            new RbacPolicy(
                "policy",
                [new OrRule([new DestinationPortRule(80, 80)])],
                [new AndRule([new NotRule(new AuthenticatedRule(Match(StringMatchKind.Regex, "a+")))])]),
        ]);

    private static TransportLabels Labels(string mode) => new([new TransportLabel("tlsMode", mode)]);

    private static DownstreamTls Downstream() => new(
        new CertificateFiles("chain", "key"), Upstream().Parameters, Upstream().Peer, RequiresClientCertificate: true);

    private static UpstreamTls Upstream() => new(
        new CertificateFiles("chain", "key"),
        new TlsParameters { Minimum = TlsVersion.Tls13, Maximum = TlsVersion.Tls13, CipherSuites = ["TLS_AES_128_GCM_SHA256"], AlpnProtocols = ["istio"] },
        new PeerRules { Trust = new TrustFile("bundle"), TrustDomains = ["prod"], UriMatchers = [Match(StringMatchKind.Prefix, "spiffe://prod/")] },
        "server");
}
