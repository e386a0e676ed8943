using System.Text.Json;
using Intercept.Runtime.Http;
using Intercept.Xds;
using Intercept.Xds.Certificates;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>/control_plane: how it stands with who tells the proxy what to do, and who certifies what it is.</summary>
internal static class FeedPages
{
    public static IEnumerable<AdminPage> All(IProxyState state) =>
    [
        new("/control_plane", false, "the control plane and the source of certificates: connected, since when, what failed", _ => HttpResponse.OfJson(json =>
        {
            if (state.ControlPlane is { } status)
            {
                json.WriteStartObject("control_plane");
                Write(json, status);
                json.WriteEndObject();
            }

            if (state.CertificateSource is { } source)
            {
                json.WriteStartObject("certificates");
                Write(json, source);
                json.WriteEndObject();
            }
        })),
    ];

    private static void Write(Utf8JsonWriter json, ControlPlaneStatus status)
    {
        json.WriteBoolean("connected", status.IsConnected);
        WriteGiven(json, "identifier", status.ControlPlane);
        json.WriteString("protocol", status.IsDelta ? "DELTA_GRPC" : "GRPC");
        json.WriteLong("responses", status.Responses);
        json.WriteLong("refused_responses", status.Refusals);
        json.WriteLong("failures", status.Failures);
        WriteGiven(json, "last_failure", status.LastFailure);
        WriteGiven(json, "last_response", status.LastResponse);
        WriteGiven(json, "state_as_of", status.CurrentAsOf);
        json.WriteBoolean("state_from_disk", status.IsFromDisk);
        WriteGiven(json, "disk_problem", status.DiskProblem);
        json.WriteNumber("clusters", status.Clusters);
        json.WriteNumber("endpoints", status.Endpoints);
        json.WriteNumber("listeners", status.Listeners);
        json.WriteNumber("refused_resources", status.Refused);
    }

    private static void Write(Utf8JsonWriter json, CertificateProviderStatus status)
    {
        json.WriteString("source", status.Source);
        WriteGiven(json, "identity", status.Identity);
        WriteGiven(json, "expires", status.Expires);
        WriteGiven(json, "next_renewal", status.NextRenewal);
        WriteGiven(json, "last_success", status.LastSuccess);
        WriteGiven(json, "last_failure", status.LastFailure);
        WriteGiven(json, "last_error", status.LastError);
        WriteGiven(json, "warning", status.Warning);
        json.WriteLong("received", status.Renewals);
    }

    private static void WriteGiven(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteGiven(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            json.WriteTimestamp(name, time);
        }
    }
}
