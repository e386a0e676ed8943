using Intercept.Core.Outcomes;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.TlsContexts;
using Intercept.Tests.Unit.Mesh;

namespace Intercept.Tests.Unit.Proxy.Plans;

public sealed class PlanBuilderTests : IDisposable
{
    private readonly PlanScene _scene = new();

    [Fact]
    public void What_did_not_change_is_the_same_object_in_the_next_plan()
    {
        var (kept, changed) = (PlanScene.Cluster("kept"), PlanScene.Cluster("changed"));
        var listener = PlanScene.Listener("a", "127.0.0.1:1");
        var before = _scene.Build(PlanScene.Snapshot([listener, PlanScene.Listener("b", "127.0.0.1:2")], kept, changed));
        var after = _scene.Build(PlanScene.Snapshot([listener, PlanScene.Listener("b", "127.0.0.1:3")], kept, PlanScene.Cluster("changed")), before);

        Assert.Same(before.FindCluster("kept"), after.FindCluster("kept"));
        Assert.Same(before.Find("a"), after.Find("a"));
        Assert.NotSame(before.FindCluster("changed"), after.FindCluster("changed"));
        Assert.NotSame(before.Find("b"), after.Find("b"));
        Assert.Same(before.FindCluster("changed")!.Stats, after.FindCluster("changed")!.Stats);
        Assert.Same(before.Find("b")!.Stats, after.Find("b")!.Stats);
    }

    [Fact]
    public void What_is_gone_from_the_configuration_is_gone_from_the_plan()
    {
        var before = _scene.Build(PlanScene.Snapshot([PlanScene.Listener("a", "127.0.0.1:1"), PlanScene.Listener("b", "127.0.0.1:2")], PlanScene.Cluster("a"), PlanScene.Cluster("b")));
        var after = _scene.Build(PlanScene.Snapshot([PlanScene.Listener("b", "127.0.0.1:2")], PlanScene.Cluster("b")), before);

        Assert.Null(after.Find("a"));
        Assert.Null(after.FindCluster("a"));
        Assert.Equal("a", Assert.Single(after.GoneClusters));
        Assert.False(after.IsListenerPort(1));
        Assert.True(after.IsListenerPort(2));
    }

    [Fact]
    public void A_connection_belongs_to_the_listener_of_its_exact_destination_else_to_that_of_its_port()
    {
        var plan = _scene.Build(PlanScene.Snapshot(
        [
            PlanScene.Listener("outbound", "0.0.0.0:15001"),
            PlanScene.Listener("exact", "10.0.0.1:80", isBound: false),
            PlanScene.Listener("port", "0.0.0.0:80", isBound: false),
            PlanScene.Listener("port6", "[::]:80", isBound: false),
        ]));

        Assert.Equal("exact", plan.ListenerOf(Chains.Endpoint("10.0.0.1:80"))?.Listener.Name);
        Assert.Equal("port", plan.ListenerOf(Chains.Endpoint("10.0.0.2:80"))?.Listener.Name);
        Assert.Equal("port6", plan.ListenerOf(Chains.Endpoint("[fd00::1]:80"))?.Listener.Name);
        Assert.Null(plan.ListenerOf(Chains.Endpoint("10.0.0.1:81")));
        Assert.Equal(["outbound"], plan.ListenerSet.Bound.Select(bound => bound.Listener.Name));
        Assert.False(plan.IsListenerPort(80));
    }

    [Fact]
    public void A_refused_listener_holds_the_place_of_its_destination()
    {
        var snapshot = PlanScene.Snapshot([PlanScene.Listener("outbound", "0.0.0.0:15001"), PlanScene.Listener("port", "0.0.0.0:80", isBound: false)]) with
        {
            RefusedListeners = [new RefusedListener("exact", [Chains.Endpoint("10.0.0.1:80")], TrafficDirection.Outbound, BindsToPort: false, "an unknown filter")],
        };
        var plan = _scene.Build(snapshot);

        Assert.Equal("an unknown filter", plan.ListenerOf(Chains.Endpoint("10.0.0.1:80"))?.Refusal);
        Assert.Null(plan.ListenerOf(Chains.Endpoint("10.0.0.2:80"))?.Refusal);
        Assert.Same(plan.Find("exact"), _scene.Build(snapshot, plan).Find("exact"));
    }

    [Fact]
    public void Of_a_refused_listener_without_a_known_place_any_connection_without_a_listener_may_be()
    {
        var plan = _scene.Build(PlanScene.Snapshot([PlanScene.Listener("outbound", "0.0.0.0:15001"), PlanScene.Listener("port", "0.0.0.0:80", isBound: false)]) with
        {
            RefusedListeners = [new RefusedListener("garbled", [], TrafficDirection.Unspecified, BindsToPort: true, "is no message")],
        });

        Assert.Equal("is no message", plan.ListenerOf(Chains.Endpoint("10.0.0.1:81"))?.Refusal);
        Assert.Equal("port", plan.ListenerOf(Chains.Endpoint("10.0.0.2:80"))?.Listener.Name);
    }

    [Fact]
    public void A_refused_listener_decides_over_another_one_of_the_same_destination()
    {
        var plan = _scene.Build(PlanScene.Snapshot([PlanScene.Listener("good", "10.0.0.1:80", isBound: false)]) with
        {
            RefusedListeners = [new RefusedListener("bad", [Chains.Endpoint("10.0.0.1:80")], TrafficDirection.Outbound, BindsToPort: false, "why")],
        });

        Assert.Equal("bad", plan.ListenerOf(Chains.Endpoint("10.0.0.1:80"))?.Listener.Name);
    }

    [Fact]
    public void A_context_whose_secret_has_not_come_is_there_and_cannot_be_used()
    {
        var plan = _scene.Build(PlanScene.Snapshot([PlanScene.Listener("a", "127.0.0.1:1", tls: PlanScene.Downstream())], PlanScene.Cluster("c", PlanScene.Upstream("s"))));

        Assert.Empty(_scene.Problems);
        Assert.All(plan.TlsSources, source => Assert.Equal(new TlsAbsence(CloseReason.SecretMissing, "secret 'default' has not come yet"), source.Absence));
        Assert.All(plan.TlsSources, source => Assert.False(source.IsUsable));

        _scene.PutSecrets();
        Assert.All(plan.TlsSources, source => Assert.True(source.HasChanged(_scene.Secrets)));
    }

    [Fact]
    public void A_secret_without_its_part_is_as_good_as_none()
    {
        _scene.Secrets.Put(PlanScene.Roots(_scene.Authority) with { Name = "default" });
        _scene.Secrets.Put(PlanScene.Roots(_scene.Authority));
        var plan = _scene.Build(PlanScene.Snapshot([], PlanScene.Cluster("c", PlanScene.Upstream("s"))));

        Assert.Equal("secret 'default' holds no certificate", Assert.Single(plan.TlsSources).Absence.Detail);
    }

    [Fact]
    public void A_secret_that_is_wrong_stops_its_own_connections_and_no_plan()
    {
        _scene.PutSecrets();
        _scene.Secrets.Put(_scene.Secrets.Find("default")! with { PrivateKey = _scene.Authority.Issue(PlanScene.Identity).Key.Content });
        var plan = _scene.Builder.TryBuild(PlanScene.Snapshot([], PlanScene.Cluster("c", PlanScene.Upstream("s"))), null, _scene.Problems);

        Assert.Empty(_scene.Problems);
        Assert.Contains("does not belong to the certificate", Assert.Single(plan!.TlsSources).Absence.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Clusters_that_present_the_same_certificate_share_one_context()
    {
        _scene.PutSecrets();
        var plan = _scene.Build(PlanScene.Snapshot([], [.. Enumerable.Range(0, 100).Select(i => PlanScene.Cluster($"c{i}", PlanScene.Upstream($"s{i}")))]));

        Assert.True(Assert.Single(plan.TlsSources).IsUsable);
        var (one, other) = (plan.FindCluster("c1")!.Transports[0]!, plan.FindCluster("c2")!.Transports[0]!);
        Assert.Same(one.Source, other.Source);
        Assert.NotEqual(
            one.Rule(Facts.Id("spiffe://cluster.local/ns/test/sa/s1"), null),
            other.Rule(Facts.Id("spiffe://cluster.local/ns/test/sa/s1"), null));
    }

    [Fact]
    public void Contexts_live_on_in_the_next_plan_as_long_as_anything_asks_for_them()
    {
        _scene.PutSecrets();
        var listener = PlanScene.Listener("a", "127.0.0.1:1", tls: PlanScene.Downstream());
        var first = _scene.Build(PlanScene.Snapshot([listener], PlanScene.Cluster("c", PlanScene.Upstream("s"))));
        var second = _scene.Build(PlanScene.Snapshot([listener], PlanScene.Cluster("d", PlanScene.Upstream("t"))), first);
        var third = _scene.Build(PlanScene.Snapshot([listener]), second);

        Assert.Equal(2, first.TlsSources.Length);
        Assert.Equal(first.TlsSources.ToHashSet(), second.TlsSources.ToHashSet());
        Assert.Same(first.Find("a")!.Chains[0].Tls, Assert.Single(third.TlsSources));
    }

    [Fact]
    public void A_file_that_is_wrong_stops_a_configuration_that_a_person_wrote_and_no_other()
    {
        var tls = PlanScene.Upstream("s") with { Certificate = new Intercept.Mesh.Tls.CertificateFiles("/nowhere/chain.pem", "/nowhere/key.pem") };
        tls = tls with { Peer = tls.Peer with { Trust = new Intercept.Mesh.Tls.TrustFile("/nowhere/bundle.pem") } };
        var snapshot = PlanScene.Snapshot([], PlanScene.Cluster("c", tls));

        Assert.Null(_scene.Builder.TryBuild(snapshot, null, _scene.Problems));
        Assert.Equal(3, _scene.Problems.Count);
        Assert.False(Assert.Single(_scene.Build(snapshot).TlsSources).IsUsable);
    }

    [Fact]
    public void An_expired_certificate_that_nothing_replaces_goes_out_of_use()
    {
        _scene.PutSecrets();
        var source = Assert.Single(_scene.Build(PlanScene.Snapshot([], PlanScene.Cluster("c", PlanScene.Upstream("s")))).TlsSources);

        Assert.Null(source.Expire(DateTimeOffset.UtcNow));
        Assert.NotNull(source.Expire(DateTimeOffset.UtcNow.AddHours(2)));
        Assert.Equal(CloseReason.CertificateExpiring, source.Absence.Reason);
        Assert.False(source.IsUsable);
    }

    public void Dispose() => _scene.Dispose();
}
