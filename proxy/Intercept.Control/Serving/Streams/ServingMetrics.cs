using Intercept.Control.Metrics;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Streams;

/// <summary>What serving counts, by istiod's names where it has one.</summary>
internal sealed class ServingMetrics
{
    private readonly Counter[] _typeRejects;

    public ServingMetrics(MetricRegistry registry)
    {
        Pushes = registry.Counter("pilot_xds_pushes", "Responses sent, by type.", "type");
        Resources = registry.Counter("intercept_control_resources_sent", "Resources in the responses sent, by type.", "type");
        Rejects = registry.Counter("pilot_total_xds_rejects", "Responses that proxies refused, by type.", "type");
        InternalErrors = registry.Counter("pilot_total_xds_internal_errors", "Streams that ended by a defect of the control plane.");
        WriteTimeouts = registry.Counter("pilot_xds_write_timeout", "Responses that a proxy took longer to read than others are kept waiting for.");
        StaleRequests = registry.Counter("pilot_xds_expired_nonce", "Requests dropped because they answer something older than the last response, by type.", "type");
        Refusals = registry.Counter("intercept_control_streams_refused", "Streams refused before their first response, by reason.", "reason");
        SendTime = registry.Histogram("pilot_xds_send_time", "Seconds to write a response.", [.01, .1, 1, 3, 5, 10, 20, 30]);
        ConvergenceTime = registry.Histogram(
            "pilot_proxy_convergence_time", "Seconds from a change until a proxy has taken everything that it needs of it.", [.1, .25, .5, 1, 3, 5, 10, 20, 30]);
        _typeRejects =
        [
            .. TypeUrls.All.Select(type => registry.Counter($"pilot_xds_{ShortName(type)}_reject", $"{ShortName(type).ToUpperInvariant()} responses that proxies refused.")),
        ];
    }

    public Counter Pushes { get; }

    public Counter Resources { get; }

    public Counter Rejects { get; }

    public Counter InternalErrors { get; }

    public Counter WriteTimeouts { get; }

    public Counter StaleRequests { get; }

    public Counter Refusals { get; }

    public Histogram SendTime { get; }

    public Histogram ConvergenceTime { get; }

    public static string ShortName(ResourceType type) => type switch
    {
        ResourceType.Cluster => "cds",
        ResourceType.Endpoint => "eds",
        ResourceType.Listener => "lds",
        ResourceType.Route => "rds",
        _ => "sds",
    };

    public void CountReject(ResourceType type)
    {
        Rejects.Add(ShortName(type));
        _typeRejects[(int)type].Add();
    }
}
