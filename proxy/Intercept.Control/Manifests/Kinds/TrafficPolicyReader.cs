using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A DestinationRule's trafficPolicy, that of one of its subsets, or that of a port.</summary>
internal static class TrafficPolicyReader
{
    private const int LargestPercentage = 100;

    public static TrafficPolicy Read(Fields fields)
    {
        fields.Refuse("tunnel", "is not supported: connections would go past the tunnel");
        fields.Refuse("proxyProtocol", "is not supported: the destination waits for a header that would not come");
        fields.Warn("retryBudget", "has no effect yet");
        return ReadCommon(fields) with { Ports = fields.Objects("portLevelSettings", ReadPort) };
    }

    public static ConnectionPool ReadConnectionPool(Fields fields) => new(fields.Object("tcp", ReadTcp), fields.Object("http", ReadHttp));

    private static TrafficPolicy ReadCommon(Fields fields) => new()
    {
        LoadBalancer = fields.Object("loadBalancer", LoadBalancerReader.Read),
        ConnectionPool = fields.Object("connectionPool", ReadConnectionPool),
        OutlierDetection = fields.Object("outlierDetection", ReadOutliers),
        Tls = fields.Object("tls", ClientTlsReader.Read),
    };

    private static PortTrafficPolicy? ReadPort(Fields fields)
    {
        fields.Require("port", "a mapping with a number");
        var port = fields.Object("port", PortReference.Read);
        var policy = ReadCommon(fields);
        return port is null ? null : new PortTrafficPolicy(port.Number, policy);
    }

    private static TcpPool ReadTcp(Fields fields) => new(
        ReadLimit(fields, "maxConnections"),
        fields.Duration("connectTimeout"),
        fields.Object("tcpKeepalive", keepalive => new TcpKeepalive(
            keepalive.Count("probes"), keepalive.Duration("time"), keepalive.Duration("interval"))),
        fields.Duration("maxConnectionDuration"),
        fields.Duration("idleTimeout"));

    private static HttpPool ReadHttp(Fields fields) => new(
        ReadLimit(fields, "http1MaxPendingRequests"),
        ReadLimit(fields, "http2MaxRequests"),
        ReadLimit(fields, "maxRequestsPerConnection"),
        ReadLimit(fields, "maxRetries"),
        fields.Duration("idleTimeout"),
        fields.Choice("h2UpgradePolicy", ("DEFAULT", "DEFAULT"), ("UPGRADE", "UPGRADE"), ("DO_NOT_UPGRADE", "DO_NOT_UPGRADE")),
        fields.Flag("useClientProtocol") ?? false,
        ReadLimit(fields, "maxConcurrentStreams"));

    // Signed in Istio's API, where 0 is "not said".
    private static uint? ReadLimit(Fields fields, string name) => fields.Integer(name, 0, int.MaxValue) is > 0 and var value ? (uint)value : null;

    private static OutlierDetection ReadOutliers(Fields fields)
    {
        fields.Refuse("consecutiveErrors", "is no longer a field", "consecutive5xxErrors or consecutiveGatewayErrors");
        return new OutlierDetection
        {
            Consecutive5xxErrors = fields.Count("consecutive5xxErrors"),
            ConsecutiveGatewayErrors = fields.Count("consecutiveGatewayErrors"),
            SplitExternalLocalOriginErrors = fields.Flag("splitExternalLocalOriginErrors") ?? false,
            ConsecutiveLocalOriginFailures = fields.Count("consecutiveLocalOriginFailures"),
            Interval = fields.Duration("interval"),
            BaseEjectionTime = fields.Duration("baseEjectionTime"),
            MaxEjectionPercent = (int?)fields.Integer("maxEjectionPercent", 0, LargestPercentage),
            MinHealthPercent = (int?)fields.Integer("minHealthPercent", 0, LargestPercentage),
        };
    }
}
