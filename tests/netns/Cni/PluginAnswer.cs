using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

/// <param name="Output">What the runtime reads.</param>
/// <param name="Log">JSON lines.</param>
internal sealed record PluginAnswer(int ExitCode, string Output, string Log)
{
    public static PluginAnswer Of(Finished finished) => new(finished.ExitCode, finished.Output, finished.Error);

    public int Code => (int)JsonNode.Parse(Output)!["code"]!;

    public string Message => (string)JsonNode.Parse(Output)!["msg"]!;

    public string Details => (string)JsonNode.Parse(Output)!["details"]!;

    public void Refuses(int code, string message)
    {
        Assert.True(ExitCode != 0, $"it succeeded: {Output}\n{Log}");
        Assert.True(code == Code && Message.Contains(message, StringComparison.Ordinal), $"{Output} instead of {code}: {message}");
    }
}
