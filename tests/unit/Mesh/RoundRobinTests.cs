using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.LoadBalancing;

namespace Intercept.Tests.Unit.Mesh;

public sealed class RoundRobinTests
{
    [Fact]
    public void Equal_weights_take_turns() => Assert.Equal("abcabca", Picks(Robin(Of(1, 1, 1)), 7));

    [Fact]
    public void Equal_weights_above_one_take_turns_as_well() => Assert.Equal("abab", Picks(Robin(Of(7, 7)), 4));

    [Fact]
    public void Weights_are_kept_in_every_round_without_runs()
    {
        // As the comment on the type has it: never five in a row.
        Assert.Equal("aabacaa" + "aabacaa", Picks(Robin(Of(5, 1, 1)), 14));
        Assert.Equal(50, Picks(Robin(Of(5, 2)), 70).Count(pick => pick == 'a'));
    }

    [Fact]
    public void The_largest_weights_do_not_overflow()
    {
        var picks = Picks(Robin(Of(uint.MaxValue - 1, 1)), 1000);

        Assert.Equal(1000, picks.Count(pick => pick == 'a'));
    }

    [Theory]
    [InlineData(0, "abc")]
    [InlineData(1, "bca")]
    [InlineData(2, "cab")]
    [InlineData(3, "abc")]
    [InlineData(-1, "abc")]
    public void Loops_that_start_apart_do_not_all_begin_with_one_host(int start, string picks) =>
        Assert.Equal(picks, Picks(Robin(Of(1, 1, 1), start), 3));

    [Fact]
    public void Loops_that_start_apart_do_not_all_begin_with_one_host_when_weights_differ()
    {
        // Weights 2 and 3 make the round b a b a b.
        Assert.Equal("babab", Picks(Robin(Of(2, 3), start: 0), 5));
        Assert.Equal("ababb", Picks(Robin(Of(2, 3), start: 1), 5));
    }

    [Fact]
    public void Without_endpoints_there_is_nothing_to_pick()
    {
        var balancer = Robin([]);
        Assert.False(balancer.TryPick(Load, out _));

        balancer.Replace(Of(1));
        Assert.Equal("aa", Picks(balancer, 2));

        balancer.Replace([]);
        Assert.False(balancer.TryPick(Load, out _));
    }

    [Fact]
    public void The_same_set_keeps_its_place_and_another_set_starts_over()
    {
        var balancer = Robin(Of(1, 1, 1));
        Assert.Equal("a", Picks(balancer, 1));

        balancer.Replace(Of(1, 1, 1));
        Assert.Equal("b", Picks(balancer, 1));

        balancer.Replace(Of(1, 1), start: 1);
        Assert.Equal("ba", Picks(balancer, 2));

        // Same hosts, other weights: another set.
        balancer.Replace(Of(3, 1));
        Assert.Equal(6, Picks(balancer, 8).Count(pick => pick == 'a'));
    }

    [Fact]
    public void A_name_that_is_not_resolved_yet_is_left_out()
    {
        ImmutableArray<UpstreamEndpoint> endpoints =
        [
            new(null, "db.shop.svc", 5432, 9),
            new(NetAddress.Parse("10.0.0.1"), null, 5432, 2),
            new(NetAddress.Parse("fd88::1"), null, 5433, 1),
        ];

        Assert.Equal(
            [new ResolvedEndpoint(Chains.Endpoint("10.0.0.1:5432"), 2), new ResolvedEndpoint(Chains.Endpoint("[fd88::1]:5433"), 1)],
            ClusterHosts.Of(Clusters.Of(endpoints)).ToArray());
    }

    [Theory]
    [InlineData(1u, 1u)]
    [InlineData(5u, 1u)]
    public void Picking_allocates_nothing(uint first, uint second)
    {
        var balancer = Robin(Of(first, second));
        balancer.TryPick(Load, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            balancer.TryPick(Load, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static HostLoads Load { get; } = new();

    private static RoundRobin Robin(ImmutableArray<ResolvedEndpoint> endpoints, int start = 0)
    {
        var balancer = new RoundRobin();
        balancer.Replace(endpoints, start);
        return balancer;
    }

    // Hosts a, b, c, ... at ports 1, 2, 3, ...
    private static ImmutableArray<ResolvedEndpoint> Of(params uint[] weights) =>
        [.. weights.Select((weight, i) => new ResolvedEndpoint(new NetEndpoint(NetAddress.LoopbackIPv4, (ushort)(i + 1)), weight))];

    private static string Picks(RoundRobin balancer, int count) => string.Concat(Enumerable.Range(0, count).Select(_ =>
    {
        Assert.True(balancer.TryPick(Load, out var endpoint));
        return (char)('a' + endpoint.Endpoint.Port - 1);
    }));
}
