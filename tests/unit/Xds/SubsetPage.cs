using System.Text;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf.Reflection;
using Intercept.Xds.Reading;
using Intercept.Xds.Resources;
using Intercept.Xds.Translation;
using Intercept.Xds.Wire;
using Cluster = Envoy.Config.Cluster.V3.Cluster;

namespace Intercept.Tests.Unit.Xds;

/// <summary>proxy/XDS.md, out of the tables that readers and the wire go by.</summary>
internal static class SubsetPage
{
    private const string Introduction = """
        # What of Envoy's configuration the proxy takes

        Written by `SupportedSubsetTests` out of the code; with `UPDATE_GOLDEN=1` it writes this page anew.

        It holds for a bootstrap file and for what comes over xDS. A field is **read**; or **ignored**, because nobody loses anything by it (such fields are listed with their reason in `/config_dump`); or **refused** by name: a bootstrap with exit code 64, a resource with a NACK that names the field, while its last good version stays in use. Numbers that upstream has added since are ignored and listed. A value that has no meaning here is refused with the allowed form.

        A listener that is refused and never was good keeps its place: what is meant for it is closed. So is what is meant for a cluster, endpoints or a secret that are not there.


        """;

    private static readonly MessageDescriptor[] _roots =
        [Bootstrap.Descriptor, Listener.Descriptor, Cluster.Descriptor, ClusterLoadAssignment.Descriptor, Secret.Descriptor];

    public static string Render()
    {
        var page = new StringBuilder(Introduction);
        AppendExtensions(page);
        AppendLimits(page);
        page.Append("## Fields\n");
        foreach (var type in Messages())
        {
            AppendMessage(page, type);
        }

        return page.ToString();
    }

    /// <summary>Every message that the proxy may look into.</summary>
    public static IEnumerable<MessageDescriptor> Messages()
    {
        var found = new Dictionary<string, MessageDescriptor>(StringComparer.Ordinal);
        var waiting = new Stack<MessageDescriptor>(_roots.Concat(KnownTypes.All));
        while (waiting.TryPop(out var type))
        {
            if (type.FullName.StartsWith("google.protobuf.", StringComparison.Ordinal) || !found.TryAdd(type.FullName, type))
            {
                continue;
            }

            foreach (var field in WireMessage.Of(type).Fields.Where(field => field.Value is { Use: FieldUse.Read, IsMessage: true }))
            {
                waiting.Push(field.Value.Descriptor!.MessageType);
            }
        }

        return found.Values.Where(type => !type.GetOptions()?.MapEntry ?? true).OrderBy(type => type.FullName, StringComparer.Ordinal);
    }

    private static void AppendExtensions(StringBuilder page)
    {
        page.Append("## Extensions\n\n| message | |\n|---|---|\n");
        foreach (var name in KnownTypes.Names)
        {
            page.Append($"| `{name}` | read |\n");
        }

        foreach (var ((place, type), reason) in IgnoredExtensions.All.OrderBy(extension => extension.Key.Place).ThenBy(extension => extension.Key.Type, StringComparer.Ordinal))
        {
            page.Append($"| `{type}`, also as a TypedStruct, as a {(place == ExtensionPlace.NetworkFilter ? "network filter" : "filter of a cluster")} | ignored: {reason} |\n");
        }

        page.Append("\nEvery other extension is refused by its name.\n\n");
    }

    private static void AppendLimits(StringBuilder page)
    {
        var limits = ResourceLimits.Default;
        page.Append("## Limits\n\n");
        page.Append($"{limits.Resources:N0} resources of one type, {limits.Bytes / (1024 * 1024)} MiB of resources in all, {MessageCheck.MaximumDepth} levels of messages. What is beyond is refused with that reason.\n\n");
    }

    private static void AppendMessage(StringBuilder page, MessageDescriptor type)
    {
        page.Append($"\n### {type.FullName}\n\n");
        var fields = WireMessage.Of(type).Fields.OrderBy(field => field.Key).Select(field => field.Value).ToList();
        AppendNames(page, "Read", fields.Where(field => field.Use == FieldUse.Read));
        foreach (var refused in fields.Where(field => field.Use == FieldUse.Refused).GroupBy(field => field.Reason))
        {
            AppendNames(page, "Refused", refused, refused.Key);
        }

        foreach (var ignored in fields.Where(field => field.Use == FieldUse.Ignored).GroupBy(field => field.Reason))
        {
            AppendNames(page, "Ignored", ignored, ignored.Key);
        }
    }

    private static void AppendNames(StringBuilder page, string use, IEnumerable<WireField> fields, string? reason = null)
    {
        var names = string.Join(", ", fields.Select(field => $"`{field.Name}`"));
        if (names.Length > 0)
        {
            page.Append($"- {use}: {names}{(reason is null ? "" : $" ({reason})")}\n");
        }
    }
}
