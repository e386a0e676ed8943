using Envoy.Config.Cluster.V3;
using Intercept.Control.Generation;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Generation;

public sealed class ResourceSetTests
{
    [Fact]
    public void Finds_its_own_resources_and_those_that_it_shares()
    {
        var set = new ResourceSet([Cluster("own-b"), Cluster("own-a")], new ResourceSet([Cluster("shared")]));

        Assert.Equal(["shared", "own-a", "own-b"], set.All.Select(resource => resource.Name));
        Assert.All(set.All, resource => Assert.Same(resource, set.Find(resource.Name)));
        Assert.Null(set.Find("other"));
        Assert.Equal(3, set.Count);
    }

    [Fact]
    public void Lists_what_was_added_changed_and_removed_in_both_parts()
    {
        var kept = Cluster("kept");
        var before = new ResourceSet([kept, Cluster("changed"), Cluster("gone")], new ResourceSet([Cluster("below-changed"), Cluster("below-gone")]));
        var after = new ResourceSet([Cluster("new"), kept, Cluster("changed", 2)], new ResourceSet([Cluster("below-changed", 2), Cluster("below-new")]));

        var changes = after.ChangesSince(before);

        Assert.Equal(["below-changed", "below-new", "changed", "new"], changes.Updated.Select(resource => resource.Name));
        Assert.Equal(["below-gone", "gone"], changes.Removed.AsEnumerable());
        Assert.Same(changes, after.ChangesSince(before));
    }

    [Fact]
    public void Does_not_remove_what_has_only_moved_between_its_parts()
    {
        var moved = Cluster("moved");

        var changes = new ResourceSet([], new ResourceSet([moved])).ChangesSince(new ResourceSet([moved], new ResourceSet([])));

        Assert.Empty(changes.Removed);
    }

    [Fact]
    public void Has_the_same_version_whoever_made_it_in_whatever_order()
    {
        var one = new ResourceSet([Cluster("a"), Cluster("b")], new ResourceSet([Cluster("c")]));
        var other = new ResourceSet([Cluster("b"), Cluster("a")], new ResourceSet([Cluster("c")]));

        Assert.Equal(one.Version, other.Version);
        Assert.Empty(other.ChangesSince(one).Updated);
        Assert.NotEqual(one.Version, new ResourceSet([Cluster("a"), Cluster("b", 2)], new ResourceSet([Cluster("c")])).Version);
    }

    private static GeneratedResource Cluster(string name, uint seconds = 1) =>
        GeneratedResource.Of(ResourceType.Cluster, name, new Cluster
        {
            Name = name,
            ConnectTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
        });
}
