using System.Text.Json;
using Intercept.Tests.Pods.Containers;

namespace Intercept.Tests.Pods.InitContainer;

/// <summary>The lines that a proxy wrote about connections, out of its container's log.</summary>
internal static class AccessLog
{
    public static async Task<IReadOnlyList<JsonElement>> ReadAsync(Machine machine, string pod) =>
        [.. (await machine.PodmanAsync("logs", $"{pod}-intercept-proxy")).Output.Split('\n')
            .Where(line => line.StartsWith('{') && line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The first line that the predicate takes: it is written when the connection has ended.</summary>
    public static async Task<JsonElement> LineAsync(Machine machine, string pod, Func<JsonElement, bool> wanted)
    {
        JsonElement? found = null;
        await Patience.UntilAsync(
            async () => (found = (await ReadAsync(machine, pod)).Cast<JsonElement?>().FirstOrDefault(line => wanted(line!.Value))) is not null,
            async () => $"no such line of {pod}:\n{await machine.LogsAsync($"{pod}-intercept-proxy")}");
        return found!.Value;
    }

    public static string Text(this JsonElement line, string field) => line.TryGetProperty(field, out var value) ? value.ToString() : "";
}
