using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Intercept.Tests.Unit.Runtime;
using Intercept.Xds.Discovery;
using MeshSecret = Intercept.Mesh.Tls.Secret;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>Secrets of the control plane: into the store, waited for, and never written down.</summary>
public sealed class SecretTests
{
    [Fact]
    public void A_cluster_waits_for_its_secrets()
    {
        using var authority = new TestAuthority();
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Mutual("a")));
        Assert.Null(store.Cluster("a"));
        Assert.Equal(["ROOTCA", "default"], store.Store.Wanted(ResourceType.Secret).Names.Order(StringComparer.Ordinal));
        store.Accepts(ResourceType.Secret, Sent.Of(Certificate(authority), "default"));
        Assert.Null(store.Cluster("a"));
        store.Accepts(ResourceType.Secret, Sent.Of(Trust(authority), "ROOTCA", "7"));
        Assert.NotNull(store.Cluster("a")!.Tls);
        Assert.Equal("7", store.Last.Discovered!.SecretVersions["ROOTCA"]);
        var secret = store.Secrets.Find("default")!;
        Assert.True(secret.HasCertificate);
        Assert.False(secret.PrivateKey.IsEmpty);
        Assert.Equal("ADS", secret.Origin);
        Assert.True(store.Secrets.Find("ROOTCA")!.TrustBundles.ContainsKey(MeshSecret.OwnTrustDomain));
    }

    [Fact]
    public void Until_they_come_the_old_cluster_serves()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.StaticCluster("a", "10.0.0.1:80")));
        var before = store.Cluster("a");
        store.Accepts(ResourceType.Cluster, Sent.Of(Mutual("a"), "2"));
        Assert.Same(before, store.Cluster("a"));
    }

    [Fact]
    public void Secrets_that_do_not_come_are_not_waited_for_and_nothing_is_in_the_clear()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Mutual("a")));
        store.Store.Absent(ResourceType.Secret, "default");
        store.Store.Absent(ResourceType.Secret, "ROOTCA");
        Assert.NotNull(store.Cluster("a")!.Tls);
        Assert.Null(store.Secrets.Find("default"));
    }

    [Fact]
    public void A_listener_that_waits_closes_what_is_meant_for_it()
    {
        using var authority = new TestAuthority();
        var store = new StoreUnderTest().Started();
        var listener = Sent.Outbound("10.96.0.1_80", "10.96.0.1:80", "a");
        listener.FilterChains[0].TransportSocket = Sent.Tls(Downstream());
        store.Accepts(ResourceType.Listener, Sent.Of(listener));
        var waiting = Assert.Single(store.Last.RefusedListeners);
        Assert.Equal(("10.96.0.1_80", "waits for its secrets: default"), (waiting.Name, waiting.Why));
        store.Accepts(ResourceType.Secret, Sent.Of(Certificate(authority), "default"));
        Assert.Empty(store.Last.RefusedListeners);
        Assert.NotNull(store.Last.Listeners[1].FilterChains[0].Tls);
    }

    [Fact]
    public void A_secret_of_another_source_is_not_asked_for_and_not_waited_for()
    {
        var store = new StoreUnderTest().Started();
        var agent = new ConfigSource { ApiConfigSource = new ApiConfigSource { ApiType = ApiConfigSource.Types.ApiType.Grpc } };
        var cluster = Sent.StaticCluster("a", "10.0.0.1:80");
        cluster.TransportSocket = Sent.Tls(Sent.Mutual("spiffe://cluster.local/ns/b/sa/c", agent));
        store.Accepts(ResourceType.Cluster, Sent.Of(cluster));
        Assert.NotNull(store.Cluster("a")!.Tls);
        Assert.True(store.Store.Wanted(ResourceType.Secret).IsNone);
    }

    [Fact]
    public void A_secret_of_the_proxys_own_source_is_not_asked_for_and_not_taken_and_the_page_says_so()
    {
        using var authority = new TestAuthority();
        var store = new StoreUnderTest(null, "default").Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Mutual("a")));
        Assert.Equal(["ROOTCA"], store.Store.Wanted(ResourceType.Secret).Names);
        store.Accepts(ResourceType.Secret, Sent.Of(Trust(authority), "ROOTCA"));
        Assert.NotNull(store.Cluster("a")!.Tls);
        var ignored = Assert.Single(store.Last.Discovered!.Ignored, ignored => ignored.Field.EndsWith("sds_config", StringComparison.Ordinal));
        Assert.Equal("the proxy has a source of certificates of its own, which gives this secret", ignored.Reason);

        Assert.Contains(
            "is the name of a secret that the proxy's own source of certificates gives",
            store.Receive(Sent.Batch(ResourceType.Secret, Sent.Of(Certificate(authority), "default"))),
            StringComparison.Ordinal);
        Assert.Null(store.Secrets.Find("default"));
    }

    [Fact]
    public void A_refused_secret_leaves_the_last_good_one()
    {
        using var authority = new TestAuthority();
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Mutual("a")));
        store.Accepts(ResourceType.Secret, Sent.Of(Certificate(authority), "default"));
        var before = store.Secrets.Find("default");
        using var another = new TestAuthority();
        var mixed = Certificate(authority);
        mixed.TlsCertificate.PrivateKey = Certificate(another).TlsCertificate.PrivateKey;
        Assert.Equal(
            "Secret 'default': tls_certificate.private_key is not the key of the certificate; allowed: the key in PEM, not encrypted",
            store.Receive(Sent.Batch(ResourceType.Secret, Sent.Of(mixed, "default", "2"))));
        Assert.Same(before, store.Secrets.Find("default"));
        store.Receive(Sent.Removal(ResourceType.Secret, "default"));
        Assert.Null(store.Secrets.Find("default"));
    }

    [Fact]
    public void A_secret_holds_what_it_is_and_nothing_weaker()
    {
        using var authority = new TestAuthority();
        var store = new StoreUnderTest().Started();
        var file = new Secret { Name = "x", TlsCertificate = new TlsCertificate { CertificateChain = new DataSource { Filename = "/a" } } };
        Assert.Contains("does not hold the PEM text itself; allowed: inline_bytes or inline_string", Refuse(file), StringComparison.Ordinal);
        Assert.Contains("tls_certificate is missing", Refuse(new Secret { Name = "x" }), StringComparison.Ordinal);
        var empty = new Secret { Name = "x", ValidationContext = new CertificateValidationContext { TrustedCa = new DataSource { InlineString = "no PEM" } } };
        Assert.Contains("validation_context.trusted_ca has no certificate", Refuse(empty), StringComparison.Ordinal);
        var matching = Trust(authority);
        matching.Name = "x";
        matching.ValidationContext.MatchSubjectAltNames.Add(new Envoy.Type.Matcher.V3.StringMatcher { Exact = "spiffe://a/b" });
        Assert.Contains("is not supported in a secret", Refuse(matching), StringComparison.Ordinal);

        string Refuse(Secret secret) => store.Receive(Sent.Batch(ResourceType.Secret, Sent.Of(secret, "x")));
    }

    private static Envoy.Config.Cluster.V3.Cluster Mutual(string name)
    {
        var cluster = Sent.StaticCluster(name, "10.0.0.1:80");
        cluster.TransportSocket = Sent.Tls(Sent.Mutual("spiffe://cluster.local/ns/b/sa/c"));
        return cluster;
    }

    private static DownstreamTlsContext Downstream() => new()
    {
        CommonTlsContext = new CommonTlsContext
        {
            TlsCertificateSdsSecretConfigs = { new SdsSecretConfig { Name = "default", SdsConfig = Sent.Ads() } },
        },
    };

    private static Secret Certificate(TestAuthority authority)
    {
        var (chain, key) = authority.Issue("spiffe://cluster.local/ns/a/sa/a");
        return new Secret
        {
            Name = "default",
            TlsCertificate = new TlsCertificate
            {
                CertificateChain = new DataSource { InlineBytes = ByteString.CopyFrom(chain.Content.Span) },
                PrivateKey = new DataSource { InlineBytes = ByteString.CopyFrom(key.Content.Span) },
            },
        };
    }

    private static Secret Trust(TestAuthority authority) => new()
    {
        Name = "ROOTCA",
        ValidationContext = new CertificateValidationContext { TrustedCa = new DataSource { InlineBytes = ByteString.CopyFrom(authority.Bundle.Content.Span) } },
    };
}
