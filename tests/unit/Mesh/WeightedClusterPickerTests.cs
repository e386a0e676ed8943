using System.Collections.Immutable;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.LoadBalancing;

namespace Intercept.Tests.Unit.Mesh;

public sealed class WeightedClusterPickerTests
{
    [Fact]
    public void One_cluster_needs_no_throw_of_dice() =>
        Assert.Equal("only", WeightedClusterPicker.Pick([new WeightedCluster("only", 1)], new Rolls()));

    [Theory]
    [InlineData(0, "a")]
    [InlineData(89, "a")]
    [InlineData(90, "b")]
    [InlineData(98, "b")]
    [InlineData(99, "c")]
    public void Every_point_of_the_wheel_belongs_to_the_cluster_whose_weight_covers_it(long point, string expected)
    {
        var dice = new Rolls(point);

        Assert.Equal(expected, WeightedClusterPicker.Pick([new("a", 90), new("b", 9), new("c", 1)], dice));
        Assert.Equal(100, dice.Bound);
    }

    [Fact]
    public void Weights_that_add_up_to_more_than_32_bits_are_still_fair()
    {
        ImmutableArray<WeightedCluster> clusters = [new("a", uint.MaxValue), new("b", uint.MaxValue)];

        Assert.Equal("a", WeightedClusterPicker.Pick(clusters, new Rolls(uint.MaxValue - 1L)));
        Assert.Equal("b", WeightedClusterPicker.Pick(clusters, new Rolls(uint.MaxValue)));
    }

    [Fact]
    public void A_real_die_comes_near_the_weights()
    {
        var random = new Random(7);
        ImmutableArray<WeightedCluster> clusters = [new("a", 90), new("b", 10)];
        var b = Enumerable.Range(0, 10_000).Count(_ => WeightedClusterPicker.Pick(clusters, random) == "b");

        Assert.InRange(b, 900, 1100);
    }

    /// <summary>Dice that fall as told.</summary>
    private sealed class Rolls(params long[] points) : Random
    {
        private int _next;

        public long Bound { get; private set; }

        public override long NextInt64(long maxValue)
        {
            Bound = maxValue;
            return points[_next++];
        }
    }
}
