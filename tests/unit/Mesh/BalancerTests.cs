using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.LoadBalancing;

namespace Intercept.Tests.Unit.Mesh;

public sealed class BalancerTests
{
    private const int Draws = 20_000;

    [Theory]
    [InlineData(BalancingPolicy.Random)]
    [InlineData(BalancingPolicy.LeastRequest)]
    public void Every_host_gets_its_weight_while_all_carry_the_same(BalancingPolicy policy)
    {
        var picks = Picks(policy, new HostLoads(), 3, 1);

        Assert.InRange(picks[0] / (double)Draws, 0.73, 0.77);
    }

    [Theory]
    [InlineData(BalancingPolicy.Random)]
    [InlineData(BalancingPolicy.LeastRequest)]
    public void Hosts_of_one_weight_get_the_same(BalancingPolicy policy) =>
        Assert.All(Picks(policy, new HostLoads(), 7, 7, 7, 7), share => Assert.InRange(share / (double)Draws, 0.23, 0.27));

    [Fact]
    public void Of_two_that_were_drawn_the_one_with_fewer_connections_is_taken()
    {
        var load = new HostLoads { ByPort = { [1] = 10 } };

        // Only who is drawn twice is taken although it carries more: one in sixteen of four hosts.
        Assert.InRange(Picks(BalancingPolicy.LeastRequest, load, 1, 1, 1, 1)[0] / (double)Draws, 0.05, 0.075);
    }

    [Fact]
    public void A_random_choice_does_not_look_at_what_hosts_carry() =>
        Assert.InRange(Picks(BalancingPolicy.Random, new HostLoads { ByPort = { [1] = 10 } }, 1, 1)[0] / (double)Draws, 0.47, 0.53);

    [Theory]
    [InlineData(BalancingPolicy.RoundRobin)]
    [InlineData(BalancingPolicy.LeastRequest)]
    [InlineData(BalancingPolicy.Random)]
    public void Picking_allocates_nothing(BalancingPolicy policy)
    {
        var balancer = Balancer.Of(policy, new Random(1));
        balancer.Replace(Hosts(1, 2, 3));
        var load = new HostLoads();
        _ = balancer.TryPick(load, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = balancer.TryPick(load, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_first_match_whose_criteria_an_endpoint_meets_is_its_transport()
    {
        var istio = new TransportLabels([new TransportLabel("tlsMode", "istio")]);
        var cluster = Clusters.Of(
            [
                new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 1, 1) { Labels = istio },
                new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 2, 1) { Labels = new([new TransportLabel("tlsMode", "other")]) },
                new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 3, 1),
                new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, 4, 1) { Labels = new([new TransportLabel("a", "b"), new TransportLabel("tlsMode", "istio")]) },
            ]) with
        {
            TransportSocketMatches = [new TransportSocketMatch("tlsMode-istio", istio, null), new TransportSocketMatch("tlsMode-disabled", TransportLabels.None, null)],
        };

        Assert.Equal([1, 2, 2, 1], ClusterHosts.Of(cluster).Select(host => host.Transport));
        Assert.Equal([1, 0, 0, 1], ClusterHosts.Of(cluster with { TransportSocketMatches = cluster.TransportSocketMatches[..1] }).Select(host => host.Transport));
    }

    private static int[] Picks(BalancingPolicy policy, HostLoads load, params uint[] weights)
    {
        var balancer = Balancer.Of(policy, new Random(7));
        balancer.Replace(Hosts(weights));
        var picks = new int[weights.Length];
        for (var draw = 0; draw < Draws; draw++)
        {
            Assert.True(balancer.TryPick(load, out var host));
            picks[host.Endpoint.Port - 1]++;
        }

        return picks;
    }

    private static ImmutableArray<ResolvedEndpoint> Hosts(params uint[] weights) =>
        [.. weights.Select((weight, i) => new ResolvedEndpoint(new NetEndpoint(NetAddress.LoopbackIPv4, (ushort)(i + 1)), weight))];
}
