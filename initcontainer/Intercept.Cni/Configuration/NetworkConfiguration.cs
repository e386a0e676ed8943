using System.Collections.Immutable;
using System.Text.Json;
using Intercept.Cni.Protocol;
using Intercept.Core.Problems;

namespace Intercept.Cni.Configuration;

/// <summary>Standard input, read: what the specification says, and the plugin's own keys.</summary>
/// <param name="Version">The one to answer in.</param>
/// <param name="IsVersionSupported">False where cniVersion is missing or not known here: the answer is then in the newest.</param>
/// <param name="PreviousResult">Null where there is none.</param>
/// <param name="ValidAttachments">GC: those of this network that are to stay; null where none are told of.</param>
internal sealed record NetworkConfiguration(
    string Version, bool IsVersionSupported, string Name, JsonElement? PreviousResult, ImmutableHashSet<string>? ValidAttachments, PluginSettings Settings)
{
    public const string Source = "network configuration";

    private const string ValidAttachmentsKey = "cni.dev/valid-attachments";

    public static NetworkConfiguration Read(JsonElement document, List<Problem> problems)
    {
        var values = new JsonValues(document, "", problems);
        var version = values.Text("cniVersion") ?? "";
        var isSupported = CniVersion.IsSupported(version);
        JsonElement? previous = document.TryGetProperty("prevResult", out var result) && result.ValueKind != JsonValueKind.Null ? result : null;
        if (previous is { ValueKind: not JsonValueKind.Object })
        {
            problems.Add(new Problem(Source, 0, "prevResult", null, "is not an object", "the result of the plugin before"));
            previous = null;
        }

        return new NetworkConfiguration(
            isSupported ? version : CniVersion.Newest, isSupported, values.Text("name") ?? "", previous, ReadAttachments(document, problems),
            PluginSettingsReader.Read(document, problems));
    }

    // "CONTAINER-INTERFACE", as the store names them.
    private static ImmutableHashSet<string>? ReadAttachments(JsonElement document, List<Problem> problems)
    {
        if (!document.TryGetProperty(ValidAttachmentsKey, out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var names = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var entry in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().AsEnumerable() : [])
        {
            var values = new JsonValues(entry, ValidAttachmentsKey, problems);
            if (values.Text("containerID") is { } container && values.Text("ifname") is { } name)
            {
                names.Add($"{container}-{name}");
                continue;
            }

            list = default;
            break;
        }

        if (list.ValueKind == JsonValueKind.Array)
        {
            return names.ToImmutable();
        }

        // A list that is half understood must not cost a pod its capture.
        problems.Add(new Problem(Source, 0, ValidAttachmentsKey, null, "is not a list of attachments, and nothing is collected", "[{\"containerID\":..,\"ifname\":..}]"));
        return null;
    }
}
