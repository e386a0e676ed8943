using System.Text.Json.Nodes;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>A connection that stays open over what happens to the rules.</summary>
internal sealed class KeptConnection
{
    private static int _count;

    private readonly ProbeAgent _sender;
    private readonly string _name;

    private KeptConnection(ProbeAgent sender, string name, FlowAnswer first)
    {
        _sender = sender;
        _name = name;
        First = first;
    }

    /// <summary>Who answered when it was opened.</summary>
    public FlowAnswer First { get; }

    public static async Task<KeptConnection> OpenAsync(CaptureWorld world, FlowCase flow)
    {
        var sender = world.SenderOf(flow);
        var name = $"kept {Interlocked.Increment(ref _count)}";
        var answer = await sender.AskAsync("keep", new JsonObject { ["name"] = name, ["flow"] = FlowRuns.Describe(flow) });
        return new KeptConnection(sender, name, FlowAnswer.Of(answer["flow"]!));
    }

    public async Task<FlowAnswer> AskAsync() =>
        FlowAnswer.Of((await _sender.AskAsync("ask", new JsonObject { ["name"] = _name }))["flow"]!);
}
