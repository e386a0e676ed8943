using Intercept.Mesh.Tls;
using Intercept.Tests.Unit.Proxy;
using Intercept.Tests.Unit.Runtime;
using Intercept.Tests.Unit.Xds.Resources;
using Intercept.V1;
using Intercept.Xds.Discovery;
using Intercept.Xds.Persistence;

namespace Intercept.Tests.Unit.Xds.Persistence;

/// <summary>The last good state on disk: whole, its owner's alone, and used only when it is what was written.</summary>
public sealed class StateFileTests : IDisposable
{
    private const string Node = "sidecar~10.0.0.1~a.b~b.svc.cluster.local";

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["state"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_kept_is_in_use_after_a_restart()
    {
        var before = Filled();
        Assert.Null(StateFile.TryWrite(Path, KeptStates.Of(Node, before.Store.Stored)));
        var after = new StoreUnderTest();
        Assert.Empty(after.Store.Restore(KeptStates.ToBatches(StateFile.TryRead(Path, Node).State!)).Where(problem => problem.Source != "Listener 'bad'"));
        Assert.Equal("10.0.0.1:80", after.Endpoints("a"));
        Assert.Equal(before.Last.Listeners, after.Last.Listeners.AsEnumerable());
        Assert.Equal("2", after.Store.Versions(ResourceType.Cluster)["a"]);
        Assert.Equal("80", after.Last.Discovered!.Routes.Keys.Single());
    }

    [Fact]
    public void What_was_closed_stays_closed_after_a_restart()
    {
        var before = Filled();
        Assert.Equal("bad", Assert.Single(before.Last.RefusedListeners).Name);
        StateFile.TryWrite(Path, KeptStates.Of(Node, before.Store.Stored));
        var after = new StoreUnderTest();
        Assert.NotEmpty(after.Store.Restore(KeptStates.ToBatches(StateFile.TryRead(Path, Node).State!)));
        Assert.Equal(["10.96.0.9:80"], Assert.Single(after.Last.RefusedListeners).Addresses.Select(address => $"{address}"));
        Assert.False(after.Store.Versions(ResourceType.Listener).ContainsKey("bad"));
    }

    [Fact]
    public void Nobody_else_may_read_it_and_no_half_is_left_beside_it()
    {
        File.WriteAllText(Path + ".new", "left by a run that was killed");
        Assert.Null(StateFile.TryWrite(Path, KeptStates.Of(Node, Filled().Store.Stored)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.False(File.Exists(Path + ".new"));
    }

    [Fact]
    public void No_key_is_in_it()
    {
        using var authority = new TestAuthority();
        var store = Filled();
        var (chain, key) = authority.Issue("spiffe://cluster.local/ns/a/sa/a");
        var listener = Sent.Bound("in", "0.0.0.0:15006", "a");
        listener.FilterChains[0].TransportSocket = Sent.Tls(new Envoy.Extensions.TransportSockets.Tls.V3.DownstreamTlsContext
        {
            CommonTlsContext = new() { TlsCertificateSdsSecretConfigs = { new Envoy.Extensions.TransportSockets.Tls.V3.SdsSecretConfig { Name = "default", SdsConfig = Sent.Ads() } } },
        });
        store.Accepts(ResourceType.Listener, Sent.Of(listener));
        var secret = new Envoy.Extensions.TransportSockets.Tls.V3.Secret
        {
            Name = "default",
            TlsCertificate = new()
            {
                CertificateChain = new() { InlineBytes = Google.Protobuf.ByteString.CopyFrom(chain.Content.Span) },
                PrivateKey = new() { InlineBytes = Google.Protobuf.ByteString.CopyFrom(key.Content.Span) },
            },
        };
        store.Accepts(ResourceType.Secret, Sent.Of(secret, "default"));
        Assert.True(store.Secrets.Find(Secret.DefaultName)!.HasCertificate);
        StateFile.TryWrite(Path, KeptStates.Of(Node, store.Store.Stored));
        Assert.True(File.ReadAllBytes(Path).AsSpan().IndexOf("PRIVATE KEY"u8) < 0);
        Assert.True(File.ReadAllBytes(Path).AsSpan().IndexOf("type.googleapis.com/envoy.config.cluster.v3.Cluster"u8) > 0);
    }

    [Fact]
    public void Without_a_file_there_is_nothing_to_say() =>
        Assert.Equal(default, StateFile.TryRead(Path, Node));

    [Fact]
    public void A_damaged_file_is_not_used()
    {
        StateFile.TryWrite(Path, KeptStates.Of(Node, Filled().Store.Stored));
        var good = File.ReadAllBytes(Path);
        for (var at = 8; at < good.Length; at += 97)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= 1;
            File.WriteAllBytes(Path, bad);
            Assert.Equal("is damaged: its checksum differs", StateFile.TryRead(Path, Node).Why);
        }

        File.WriteAllBytes(Path, good[..^1]);
        Assert.Equal("is damaged: its checksum differs", StateFile.TryRead(Path, Node).Why);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("this is a file of something else, and it is long enough to have a checksum at its end")]
    public void Another_file_is_not_used(string text)
    {
        File.WriteAllText(Path, text);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal("is not a kept state", StateFile.TryRead(Path, Node).Why);
    }

    [Fact]
    public void A_file_of_another_format_is_not_used()
    {
        StateFile.TryWrite(Path, new KeptState { NodeId = Node });
        var bytes = File.ReadAllBytes(Path);
        bytes[7] = 9;
        File.WriteAllBytes(Path, bytes);
        Assert.Equal("is of format 9, not 1", StateFile.TryRead(Path, Node).Why);
    }

    [Fact]
    public void The_state_of_another_node_is_not_used()
    {
        StateFile.TryWrite(Path, new KeptState { NodeId = "another" });
        Assert.Equal("is that of node 'another'", StateFile.TryRead(Path, Node).Why);
    }

    [Fact]
    public void A_file_that_others_may_write_is_not_used()
    {
        StateFile.TryWrite(Path, new KeptState { NodeId = Node });
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        Assert.Equal("may be written by others than its owner", StateFile.TryRead(Path, Node).Why);
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_told() =>
        Assert.StartsWith("cannot be written: ", StateFile.TryWrite(_folder["no/such/folder"], new KeptState()), StringComparison.Ordinal);

    [Fact]
    public void Its_age_is_that_of_the_last_confirmation()
    {
        StateFile.TryWrite(Path, new KeptState { NodeId = Node });
        var then = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        StateFile.Confirm(Path, then);
        Assert.Equal(then, StateFile.TryRead(Path, Node).AsOf);
    }

    private static StoreUnderTest Filled()
    {
        var store = new StoreUnderTest().Started();
        store.Accepts(ResourceType.Cluster, Sent.Of(Sent.EdsCluster("a"), "2"));
        store.Accepts(ResourceType.Endpoint, Sent.Of(Sent.Endpoints("a", "10.0.0.1:80")));
        var bad = Sent.Outbound("bad", "10.96.0.9:80", "a");
        bad.FilterChains.Clear();
        store.Store.Receive(Sent.Batch(ResourceType.Listener, Sent.Of(Sent.Outbound("l", "10.96.0.1:80", "a")), Sent.Of(bad)));
        store.Accepts(ResourceType.Route, Sent.Of(new Envoy.Config.Route.V3.RouteConfiguration { Name = "80" }, "80"));
        return store;
    }
}
