using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Plans;
using Intercept.Proxy.Stats;
using Intercept.Runtime.Tls;
using Intercept.Tests.Unit.Mesh;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Proxy.Plans;

/// <summary>A builder of plans with its store of secrets, and configurations in a few words.</summary>
internal sealed class PlanScene : IDisposable
{
    internal const string Identity = "spiffe://cluster.local/ns/test/sa/server";

    internal PlanScene() => Builder = new PlanBuilder(Registry, Secrets, TimeProvider.System);

    internal StatRegistry Registry { get; } = new();

    internal SecretStore Secrets { get; } = new();

    internal TestAuthority Authority { get; } = new();

    internal PlanBuilder Builder { get; }

    internal List<Problem> Problems { get; } = [];

    internal static TlsParameters Parameters { get; } = new() { Minimum = TlsVersion.Tls13, Maximum = TlsVersion.Tls13, CipherSuites = [], AlpnProtocols = [] };

    internal static MeshSnapshot Snapshot(IEnumerable<Listener> listeners, params Cluster[] clusters) => new()
    {
        Version = 1,
        Node = new NodeIdentity("node", "cluster"),
        Admin = null,
        Listeners = [.. listeners],
        Clusters = clusters.ToImmutableDictionary(cluster => cluster.Name),
    };

    internal static Listener Listener(string name, string address, bool isBound = true, DownstreamTls? tls = null) =>
        Chains.Listener(null, Chains.Chain(name) with { Tls = tls }) with { Name = name, Addresses = [Chains.Endpoint(address)], BindsToPort = isBound };

    internal static Cluster Cluster(string name, UpstreamTls? tls = null) =>
        Clusters.Of([new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 80, 1)], name) with { Tls = tls };

    internal static DownstreamTls Downstream(string secret = "default") => new(new SecretCertificate(secret), Parameters, Rules(), RequiresClientCertificate: true);

    internal static UpstreamTls Upstream(string serverName, string secret = "default") =>
        new(new SecretCertificate(secret), Parameters, Rules(new StringMatch(StringMatchKind.Exact, $"spiffe://cluster.local/ns/test/sa/{serverName}", false)), serverName);

    internal static PeerRules Rules(params ImmutableArray<StringMatch> matchers) => new()
    {
        Trust = new SecretTrust("ROOTCA"),
        TrustDomains = [.. matchers.Select(PeerRules.NamedTrustDomain).OfType<string>()],
        UriMatchers = matchers,
    };

    internal ServingPlan Build(MeshSnapshot snapshot, ServingPlan? previous = null) => Builder.Build(snapshot, previous, Problems);

    internal void PutSecrets(TimeSpan? lifetime = null)
    {
        Secrets.Put(Certificate("default", Authority.Issue([Identity], notAfter: lifetime)));
        Secrets.Put(Roots(Authority));
    }

    internal static Secret Certificate(string name, (PemFile Chain, PemFile Key) issued) =>
        new() { Name = name, Origin = "test", CertificateChain = issued.Chain.Content, PrivateKey = issued.Key.Content };

    internal static Secret Roots(TestAuthority authority) => new()
    {
        Name = "ROOTCA",
        Origin = "test",
        TrustBundles = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(Secret.OwnTrustDomain, authority.Bundle.Content),
    };

    public void Dispose() => Authority.Dispose();
}
