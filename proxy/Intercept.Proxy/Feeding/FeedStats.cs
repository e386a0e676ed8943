using Intercept.Proxy.Admin.State;
using Intercept.Xds;
using Intercept.Xds.Certificates;

namespace Intercept.Proxy.Feeding;

/// <summary>How it stands with control plane and certificates, in numbers; with Envoy's names where it has one.</summary>
internal static class FeedStats
{
    public static IEnumerable<Stat> Of(ControlPlaneStatus? status, long defects, DateTimeOffset now)
    {
        if (status is null)
        {
            yield break;
        }

        yield return Gauge("control_plane.connected_state", status.IsConnected ? 1 : 0);
        yield return Counter("control_plane.streams", status.Streams);
        yield return Counter("control_plane.update_attempt", status.Responses + status.Failures);
        yield return Counter("control_plane.update_success", status.Responses - status.Refusals);
        yield return Counter("control_plane.update_rejected", status.Refusals);
        yield return Counter("control_plane.update_failure", status.Failures);
        foreach (var stat in status.ByService.SelectMany(count => Of(count, status.Failures)))
        {
            yield return stat;
        }

        yield return Counter("intercept.control_plane.defects", defects);
        yield return Gauge("cluster_manager.active_clusters", status.Clusters);
        yield return Gauge("intercept.control_plane.endpoints", status.Endpoints);
        yield return Gauge("intercept.control_plane.refused_resources", status.Refused);
        yield return Gauge("intercept.control_plane.state_from_disk", status.IsFromDisk ? 1 : 0);
        if (status.CurrentAsOf is { } since)
        {
            yield return Gauge("intercept.control_plane.state_age_seconds", Math.Max(0, (long)(now - since).TotalSeconds));
        }
    }

    public static IEnumerable<Stat> Of(CertificateProviderStatus? status, long defects, DateTimeOffset now)
    {
        const string Failures = "intercept.certificates.request_failed";
        if (status is null)
        {
            yield break;
        }

        yield return Counter("intercept.certificates.received", status.Renewals);
        yield return Counter("intercept.certificates.defects", defects);
        foreach (var (reason, count) in status.Failures)
        {
            yield return new Stat($"{Failures}.{reason.Label()}", Failures, [new StatTag("reason", reason.Label())], StatKind.Counter, count, count > 0);
        }

        if (status.Expires is { } expires)
        {
            yield return Gauge("intercept.certificates.seconds_until_expiry", Math.Max(0, (long)(expires - now).TotalSeconds));
        }
    }

    // Envoy counts endpoints, routes and secrets for each name, of which there are thousands.
    private static IEnumerable<Stat> Of(DiscoveryCount count, long failures)
    {
        var prefix = count.Service switch
        {
            "cds" => "cluster_manager.cds",
            "lds" => "listener_manager.lds",
            var other => $"intercept.control_plane.{other}",
        };
        yield return Counter($"{prefix}.update_attempt", count.Responses + failures);
        yield return Counter($"{prefix}.update_success", count.Responses - count.Refusals);
        yield return Counter($"{prefix}.update_rejected", count.Refusals);

        // There is one stream: when it fails, it fails all of them.
        yield return Counter($"{prefix}.update_failure", failures);
    }

    private static Stat Gauge(string name, long value) => new(name, name, [], StatKind.Gauge, value, true);

    private static Stat Counter(string name, long value) => new(name, name, [], StatKind.Counter, value, value > 0);
}
