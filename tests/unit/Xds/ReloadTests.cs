using Intercept.Mesh;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Tls;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>What a reload keeps: whoever holds a part by reference is told only of what really changed.</summary>
public sealed class ReloadTests
{
    private const string Name = "server-sidecar.yaml";
    private static readonly string _text = Bootstraps.Text(Name);

    [Fact]
    public void The_same_text_keeps_every_object_and_only_the_version_grows()
    {
        var before = Bootstraps.Accept(Name, _text);
        var after = Bootstraps.Accept(Name, "# another comment, another line for everything\n" + _text, before);

        Assert.Equal(2, after.Version);
        Assert.Same(before.Node, after.Node);
        Assert.Same(before.Listeners[0], after.Listeners[0]);
        Assert.Same(before.Clusters["InboundPassthroughCluster"], after.Clusters["InboundPassthroughCluster"]);
    }

    [Fact]
    public void A_change_of_one_policy_keeps_the_other_chain_and_the_TLS_context()
    {
        var snapshot = Bootstraps.Accept(Name, _text);
        var (before, after) = (Listener(snapshot), Listener(Reload(snapshot, "sa/client", "sa/other-client")));

        Assert.NotSame(before, after);
        Assert.NotSame(before.FilterChains[0], after.FilterChains[0]);
        Assert.NotEqual(before.FilterChains[0].Rbac[0], after.FilterChains[0].Rbac[0]);
        Assert.Same(before.FilterChains[0].Tls, after.FilterChains[0].Tls);
        Assert.Same(before.FilterChains[0].Match, after.FilterChains[0].Match);
        Assert.Same(before.FilterChains[0].Proxy, after.FilterChains[0].Proxy);
        Assert.Same(before.FilterChains[1], after.FilterChains[1]);
    }

    [Fact]
    public void Of_two_policies_on_one_chain_the_unchanged_one_is_kept()
    {
        var snapshot = Bootstraps.Accept(Name, _text);
        var (before, after) = (Listener(snapshot).FilterChains[1], Listener(Reload(snapshot, "sa/stranger", "sa/rogue")).FilterChains[1]);

        Assert.NotSame(before.Rbac[0], after.Rbac[0]);
        Assert.Same(before.Rbac[1], after.Rbac[1]);
    }

    [Fact]
    public void Another_key_file_makes_another_TLS_context()
    {
        var snapshot = Bootstraps.Accept(Name, _text);
        var (before, after) = (Listener(snapshot).FilterChains[0], Listener(Reload(snapshot, "key.pem", "key2.pem")).FilterChains[0]);

        Assert.NotSame(before.Tls, after.Tls);
        Assert.EndsWith("key2.pem", ((CertificateFiles)after.Tls!.Certificate).KeyPath, StringComparison.Ordinal);
        Assert.Same(before.Rbac[0], after.Rbac[0]);
    }

    [Fact]
    public void A_change_of_a_listener_s_own_settings_keeps_its_chains()
    {
        var snapshot = Bootstraps.Accept(Name, _text);
        var (before, after) = (Listener(snapshot), Listener(Reload(snapshot, "max_connections: 1000", "max_connections: 10")));

        Assert.Equal(10, after.MaximumConnectionsPerSource);
        Assert.Equal(before.FilterChains.Length, after.FilterChains.Length);
        Assert.All(after.FilterChains, (chain, i) => Assert.Same(before.FilterChains[i], chain));
    }

    [Fact]
    public void A_chain_moved_to_another_place_is_the_same_chain()
    {
        var snapshot = Bootstraps.Read("permissive.yaml");
        var chains = Assert.Single(snapshot.Listeners).FilterChains;
        var moved = Listener(Bootstraps.Accept("permissive.yaml", SwapChains(Bootstraps.Text("permissive.yaml")), snapshot)).FilterChains;

        Assert.Same(chains[0], moved[1]);
        Assert.Same(chains[1], moved[0]);
    }

    [Fact]
    public void A_change_that_is_refused_yields_no_snapshot()
    {
        var snapshot = Bootstraps.Accept(Name, _text);
        var result = BootstrapReader.Read(Name, _text.Replace("15006", "150060", StringComparison.Ordinal), snapshot);

        Assert.Null(result.Snapshot);
        Assert.NotEmpty(result.Problems);
    }

    private static MeshSnapshot Reload(MeshSnapshot previous, string from, string to)
    {
        Assert.Contains(from, _text, StringComparison.Ordinal);
        return Bootstraps.Accept(Name, _text.Replace(from, to, StringComparison.Ordinal), previous);
    }

    private static string SwapChains(string text)
    {
        int At(string mark) => text.IndexOf(mark, StringComparison.Ordinal);
        var (first, second, end) = (At("        - name: mtls"), At("        - name: plaintext"), At("  clusters:"));
        return text[..first] + text[second..end] + text[first..second] + text[end..];
    }

    private static Listener Listener(MeshSnapshot snapshot) => Assert.Single(snapshot.Listeners);
}
