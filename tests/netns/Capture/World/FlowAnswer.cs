using System.Text.Json.Nodes;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>What became of a flow.</summary>
/// <param name="By">Who answered: "pod:15001"; or why nobody did: "refused", "timeout".</param>
/// <param name="Original">The destination that the answering socket saw; "-" where it cannot (UDP), "" where nobody answered.</param>
public sealed record FlowAnswer(string By, string Original)
{
    public static FlowAnswer Of(JsonNode answer) =>
        answer["by"] is { } by ? new FlowAnswer((string)by!, (string)answer["original"]!) : new FlowAnswer((string)answer["error"]!, "");

    /// <summary>What the sender was told at once: by whom it was refused, the call says in one way and an answer from afar in another.</summary>
    public bool IsRefused => By is "refused" or "not permitted";

    public override string ToString() => Original is "" or "-" ? By : $"{By}, which sees {Original}";
}
