using Envoy.Config.Cluster.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using OutlierDetection = Intercept.Control.Model.Traffic.OutlierDetection;
using OutlierDetectionProto = Envoy.Config.Cluster.V3.OutlierDetection;

namespace Intercept.Control.Generation.Clusters;

internal static class OutlierEjection
{
    public static void Apply(Cluster cluster, OutlierDetection? detection)
    {
        if (detection is null)
        {
            return;
        }

        var result = new OutlierDetectionProto
        {
            // Istio does not eject by success rate.
            EnforcingSuccessRate = 0,
            Interval = ToDuration(detection.Interval),
            BaseEjectionTime = ToDuration(detection.BaseEjectionTime),
            MaxEjectionPercent = (uint?)detection.MaxEjectionPercent,
            SplitExternalLocalOriginErrors = detection.SplitExternalLocalOriginErrors,
            ConsecutiveLocalOriginFailure = detection.ConsecutiveLocalOriginFailures,
        };
        if (detection.Consecutive5xxErrors is { } errors)
        {
            result.Consecutive5Xx = errors == 0 ? null : errors;
            result.EnforcingConsecutive5Xx = errors == 0 ? 0u : 100u;
        }

        if (detection.ConsecutiveGatewayErrors is { } failures)
        {
            result.ConsecutiveGatewayFailure = failures == 0 ? null : failures;
            result.EnforcingConsecutiveGatewayFailure = failures == 0 ? 0u : 100u;
        }

        cluster.OutlierDetection = result;
        cluster.CommonLbConfig = new Cluster.Types.CommonLbConfig { HealthyPanicThreshold = new Percent { Value = detection.MinHealthPercent ?? 0 } };
    }

    private static Duration? ToDuration(TimeSpan? time) => time is { } value ? Duration.FromTimeSpan(value) : null;
}
