using System.Text.Json.Nodes;
using Intercept.Capture.Planning;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Sends the flows of the case table in a world.</summary>
internal static class FlowRuns
{
    /// <summary>What a flow is to a probe.</summary>
    public static JsonObject Describe(FlowCase flow) => new()
    {
        ["name"] = flow.Name,
        ["protocol"] = flow.Protocol == RuleProtocol.Udp ? "udp" : "tcp",
        ["uid"] = flow.Sender.Uid,
        ["gid"] = flow.Sender.Gid,
        ["to"] = Endpoint(flow.Destination.Address.ToString(), flow.Destination.Port),
        ["bind"] = flow.Bind?.ToString(),
        ["mark"] = flow.Mark,
    };

    public static ProbeAgent SenderOf(this CaptureWorld world, FlowCase flow) =>
        flow.Sender.IsLocal ? world.Pod : flow.Sender == CaseSender.Guest ? world.Guest : world.Peer;

    /// <summary>All flows at once, and who got each.</summary>
    public static async Task<Dictionary<string, FlowAnswer>> SendAsync(this CaptureWorld world, IReadOnlyCollection<FlowCase> flows)
    {
        var answers = new Dictionary<string, FlowAnswer>();
        await SendStraysAsync(world, [.. flows.Where(flow => flow.IsInvalid)], answers);
        var sent = flows.Where(flow => !flow.IsInvalid).GroupBy(world.SenderOf).Select(group => group.Key.AskAsync("flows", new JsonObject
        {
            ["flows"] = new JsonArray([.. group.Select(Describe)]),
        })).ToList();
        foreach (var part in await Task.WhenAll(sent))
        {
            foreach (var (name, answer) in part["flows"]!.AsObject())
            {
                answers[name] = FlowAnswer.Of(answer!);
            }
        }

        return answers;
    }

    /// <summary>The flows whose answer is not what the case says, one line each.</summary>
    public static IEnumerable<string> Differences(CaptureCase capture, IEnumerable<FlowCase> flows, Dictionary<string, FlowAnswer> answers)
    {
        foreach (var flow in flows)
        {
            var outcome = capture.Expected(flow);
            var expected = outcome switch
            {
                CaseOutcome.Dropped => "nobody",
                CaseOutcome.Refused => "refused",
                CaseOutcome.Passed or CaseOutcome.Counted => $"{WorldPorts.SideOf(flow)}:{flow.Destination.Port}",
                _ => $"pod:{capture.PortOf(outcome)}",
            };
            var seen = answers[flow.Name];
            if (outcome == CaseOutcome.Refused ? !seen.IsRefused : seen.By != expected)
            {
                yield return $"{flow.Name}: expected {outcome} ({expected}), seen {seen}";
            }
            else if (seen.Original is not ("" or "-") && seen.Original != flow.Destination.ToString())
            {
                yield return $"{flow.Name}: {outcome} as expected, but with another original destination: {seen}";
            }
        }
    }

    // Alone, because the counter that shows who got a stray also counts what a listener drops for other reasons.
    private static async Task SendStraysAsync(CaptureWorld world, List<FlowCase> strays, Dictionary<string, FlowAnswer> answers)
    {
        if (strays.Count == 0)
        {
            return;
        }

        await world.Pod.AskAsync("dropped");
        await world.Peer.AskAsync("strays", new JsonObject
        {
            ["strays"] = new JsonArray([.. strays.Select(flow => new JsonObject
            {
                ["from"] = CaseWorld.Peer.Of(flow.IsIPv6).ToString(),
                ["to"] = Endpoint(flow.Destination.Address.ToString(), flow.Destination.Port),
            })]),
        });

        // What was sent before a connection that was answered has arrived, if it arrives at all.
        var later = FlowCases.All.Where(flow => flow.Sender == CaseSender.Peer && strays.TrueForAll(stray => stray.Destination != flow.Destination));
        await world.Peer.AskAsync("flows", new JsonObject { ["flows"] = new JsonArray([.. later.Take(2).Select(Describe)]) });
        var listeners = (await world.Pod.AskAsync("dropped"))["listeners"]!.AsArray().Select(entry => (string)entry!).ToList();
        foreach (var flow in strays)
        {
            var got = listeners.Where(entry => entry.EndsWith(flow.IsIPv6 ? "/6" : "/4", StringComparison.Ordinal)).ToList();
            answers[flow.Name] = new FlowAnswer(got.Count == 0 ? "nobody" : string.Join('+', got.Select(entry => $"pod:{entry[..^2]}")), "");
        }
    }

    private static JsonArray Endpoint(string address, ushort port) => [address, port];
}
