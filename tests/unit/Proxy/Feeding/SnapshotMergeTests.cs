using System.Collections.Immutable;
using Intercept.Mesh;
using Intercept.Mesh.Discovery;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Feeding;
using Intercept.Tests.Unit.Mesh;
using Intercept.Tests.Unit.Proxy.Plans;

namespace Intercept.Tests.Unit.Proxy.Feeding;

public sealed class SnapshotMergeTests
{
    [Fact]
    public void What_the_control_plane_said_stays_when_the_bootstrap_changes()
    {
        var inEffect = InEffect();
        var merged = SnapshotMerge.Merge(PlanScene.Snapshot([PlanScene.Listener("new", "127.0.0.1:3")], PlanScene.Cluster("new")), inEffect);

        Assert.Equal(["new", "discovered"], merged.Listeners.Select(listener => listener.Name));
        Assert.Equal(["discovered", "new"], merged.Clusters.Keys.Order());
        Assert.Same(inEffect.Clusters["discovered"], merged.Clusters["discovered"]);
        Assert.Same(inEffect.Discovered, merged.Discovered);
        Assert.Equal("refused", Assert.Single(merged.RefusedListeners).Name);
        Assert.Equal(inEffect.Version + 1, merged.Version);
    }

    [Fact]
    public void The_bootstrap_wins_over_what_the_control_plane_said_under_the_same_name()
    {
        var bootstrap = PlanScene.Snapshot([PlanScene.Listener("discovered", "127.0.0.1:4"), PlanScene.Listener("refused", "127.0.0.1:5")], PlanScene.Cluster("discovered"));
        var merged = SnapshotMerge.Merge(bootstrap, InEffect());

        Assert.Equal(bootstrap.Listeners.ToArray(), merged.Listeners.ToArray());
        Assert.Same(bootstrap.Clusters["discovered"], Assert.Single(merged.Clusters).Value);
        Assert.Empty(merged.RefusedListeners);
    }

    [Fact]
    public void Without_a_control_plane_there_is_nothing_to_keep()
    {
        var bootstrap = PlanScene.Snapshot([]);

        Assert.Same(bootstrap, SnapshotMerge.Merge(bootstrap, PlanScene.Snapshot([PlanScene.Listener("old", "127.0.0.1:1")])));
    }

    private static MeshSnapshot InEffect() =>
        PlanScene.Snapshot(
            [PlanScene.Listener("old", "127.0.0.1:1"), PlanScene.Listener("discovered", "127.0.0.1:2")],
            PlanScene.Cluster("old"),
            PlanScene.Cluster("discovered")) with
        {
            RefusedListeners = [new RefusedListener("refused", [Chains.Endpoint("10.0.0.1:80")], TrafficDirection.Outbound, BindsToPort: false, "why")],
            Discovered = new DiscoveredState { Clusters = Accepted("discovered"), Listeners = Accepted("discovered") },
        };

    private static ImmutableDictionary<string, AcceptedResource> Accepted(string name) =>
        ImmutableDictionary<string, AcceptedResource>.Empty.Add(name, new AcceptedResource("1", default, DateTimeOffset.UnixEpoch));
}
