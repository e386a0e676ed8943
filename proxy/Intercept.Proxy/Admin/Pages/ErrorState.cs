using System.Text.Json;
using Intercept.Mesh.Discovery;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>envoy.admin.v3.UpdateFailureState: why the newest version of a resource is not in effect.</summary>
internal static class ErrorState
{
    /// <summary>The refused resources of a kind by name.</summary>
    public static Dictionary<string, RefusedResource> Of(DiscoveredState? discovered, string message)
    {
        var refused = new Dictionary<string, RefusedResource>(StringComparer.Ordinal);
        foreach (var resource in discovered?.Refused ?? [])
        {
            if (resource.TypeUrl.EndsWith(message, StringComparison.Ordinal))
            {
                refused[resource.Name] = resource;
            }
        }

        return refused;
    }

    public static void Write(Utf8JsonWriter json, RefusedResource? refused)
    {
        if (refused is null)
        {
            return;
        }

        json.WriteStartObject("error_state");
        json.WriteTimestamp("last_update_attempt", refused.Since);
        json.WriteString("details", string.Join("; ", refused.Reasons));
        json.WriteString("version_info", refused.Version);
        json.WriteEndObject();
    }
}
