using Intercept.Control.Generation;
using Intercept.Control.Serving.Pushing;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

public sealed class GenerationsTests
{
    private readonly WorldGenerator _worlds = new();
    private readonly Generations _generations;

    public GenerationsTests() => _generations = new Generations(_worlds, TimeProvider.System);

    [Fact]
    public void Counts_no_generation_for_a_model_that_is_the_same()
    {
        var model = _worlds.ModelOf("cds a=1");
        var told = 0;
        _generations.Changed += _ => told++;
        _generations.Publish(model);
        _generations.Publish(model with { });
        Assert.Equal((1, 1), (_generations.Current!.Number, told));
    }

    [Fact]
    public void Keeps_the_sets_that_a_change_does_not_touch()
    {
        _generations.Publish(_worlds.ModelOf("cds a=1 | lds l=1"));
        var before = _generations.Current!.ResourcesFor(Node("web"));
        _generations.Publish(_worlds.ModelOf("cds a=1 | lds l=2"));
        var after = _generations.Current!.ResourcesFor(Node("web"));
        Assert.Same(before[ResourceType.Cluster], after[ResourceType.Cluster]);
        Assert.NotSame(before[ResourceType.Listener], after[ResourceType.Listener]);
    }

    [Fact]
    public void Generates_once_for_proxies_that_are_alike()
    {
        _generations.Publish(_worlds.ModelOf("cds a=1"));
        var generation = _generations.Current!;
        Assert.Same(generation.ResourcesFor(Node("one")), generation.ResourcesFor(Node("two")));
        Assert.Equal((1, 1), (_worlds.Runs, generation.Variants));
    }

    [Fact]
    public void Says_the_same_versions_as_another_control_plane()
    {
        Assert.Equal(Worlds.Parse("cds a=1 b=2")[ResourceType.Cluster].Version, Worlds.Parse("cds a=1 b=2")[ResourceType.Cluster].Version);
        Assert.NotEqual(Worlds.Parse("cds a=1 b=2")[ResourceType.Cluster].Version, Worlds.Parse("cds a=1 b=3")[ResourceType.Cluster].Version);
    }

    private static ProxyNode Node(string name)
    {
        var node = ProxyNode.TryRead(DeltaProxy.NodeOf(name), out var why);
        Assert.True(node is not null, why);
        return node;
    }
}
