using Intercept.Proxy.Feeding;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Proxy.Feeding;

public sealed class FeedStatsTests
{
    [Theory]
    [InlineData("cluster_manager.cds.update_attempt", 9)]
    [InlineData("cluster_manager.cds.update_success", 7)]
    [InlineData("cluster_manager.cds.update_rejected", 0)]
    [InlineData("cluster_manager.cds.update_failure", 2)]
    [InlineData("listener_manager.lds.update_attempt", 7)]
    [InlineData("listener_manager.lds.update_success", 4)]
    [InlineData("listener_manager.lds.update_rejected", 1)]
    [InlineData("intercept.control_plane.eds.update_success", 3)]
    [InlineData("intercept.control_plane.defects", 6)]
    public void Updates_are_counted_for_each_service_under_Envoys_names(string name, long value)
    {
        var status = new ControlPlaneStatus
        {
            Failures = 2,
            ByService = [new DiscoveryCount("cds", 7, 0), new DiscoveryCount("eds", 3, 0), new DiscoveryCount("lds", 5, 1)],
        };

        Assert.Equal(value, FeedStats.Of(status, defects: 6, DateTimeOffset.UnixEpoch).Single(stat => stat.Name == name).Value);
    }
}
