using System.Globalization;
using System.Text;
using System.Text.Json;
using Intercept.Capture.Planning;
using Intercept.Capture.Verification;
using Intercept.Core;
using Intercept.Core.Addressing;

namespace Intercept.Init;

/// <summary>What happens to one flow, by the plan alone.</summary>
internal static class ExplainCommand
{
    // An ephemeral port: only rules for answers look at the source port.
    private const ushort ClientPort = 40000;

    public static async Task<int> RunAsync(CommandRequest request, CapturePlan plan, TextWriter output, Action<string> progress)
    {
        var problems = new List<string>();
        var flow = Read(request, plan, problems);
        if (flow is null)
        {
            problems.ForEach(progress);
            return ExitCode.Usage;
        }

        var answer = plan.Explain(flow);
        var rule = RuleLines.Of(plan, answer.RuleIndex, flow.IsIPv6);
        if (request.Text(CommandOptions.Output) == "json")
        {
            await output.WriteLineAsync(Json(answer, rule));
            return ExitCode.Success;
        }

        await output.WriteLineAsync(answer.Outcome switch
        {
            FlowOutcome.Captured => $"captured on port {answer.Port}",
            FlowOutcome.Dropped => "dropped",
            FlowOutcome.Refused => "refused: goes nowhere, and the sender sees an error",
            _ => "not captured: goes where it was sent",
        });
        await output.WriteLineAsync(rule is null ? "no rule concerns itself with this flow" : $"decided by {rule}");
        foreach (var index in answer.Path.Where(index => index != answer.RuleIndex))
        {
            await output.WriteLineAsync($"  on the way: {RuleLines.Of(plan, index, flow.IsIPv6)}");
        }

        return ExitCode.Success;
    }

    private static Flow? Read(CommandRequest request, CapturePlan plan, List<string> problems)
    {
        if (!NetEndpoint.TryParse(request.Text(CommandOptions.To), out var to))
        {
            problems.Add($"command line: --to '{request.Text(CommandOptions.To)}' is not a destination; allowed: 10.0.0.1:80 or [2001:db8::1]:80");
        }

        var from = request.Text(CommandOptions.From);
        var proxyUid = plan.Configuration.ProxyUids.Cast<uint?>().FirstOrDefault();
        var proxyGid = plan.Configuration.ProxyGids.Cast<uint?>().FirstOrDefault();
        var application = Identity.ApplicationOf(plan);
        var uid = Id(request, CommandOptions.Uid, problems) ?? (from == "proxy" ? proxyUid ?? application.Uid : application.Uid);
        var gid = Id(request, CommandOptions.Gid, problems) ?? (from == "proxy" ? proxyGid ?? application.Gid : application.Gid);
        var source = to.Address.IsIPv6 ? NetAddress.Parse("2001:db8:ffff::9") : NetAddress.Parse("198.51.100.9");
        if (request.Text(CommandOptions.Source) is { Length: > 0 } text && !NetAddress.TryParse(text, out source))
        {
            problems.Add($"command line: --source '{text}' is not an address; allowed: an IPv4 or IPv6 address");
        }
        else if (source.IsIPv6 != to.Address.IsIPv6 && problems.Count == 0)
        {
            problems.Add($"command line: --source '{source}' is not of the destination's family; allowed: an {(source.IsIPv6 ? "IPv4" : "IPv6")} address");
        }

        var device = request.Text(CommandOptions.Interface);
        if (device.Length == 0)
        {
            device = to.Address.IsLoopback && from != "peer" ? "lo" : "eth0";
        }

        var protocol = request.Switch(CommandOptions.Udp) ? RuleProtocol.Udp : RuleProtocol.Tcp;
        var flow = new Flow(from != "peer", protocol, new NetEndpoint(source, ClientPort), to, device);
        return problems.Count > 0 ? null : from == "peer" ? flow : flow with { Uid = uid, Gid = gid };
    }

    private static uint? Id(CommandRequest request, string name, List<string> problems)
    {
        var text = request.Text(name);
        if (text.Length == 0)
        {
            return null;
        }

        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return id;
        }

        problems.Add($"command line: --{name} '{text}' is not an id; allowed: a number");
        return null;
    }

    private static string Json(Explanation answer, string? rule)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("outcome", answer.Outcome.ToString().ToLowerInvariant());
            json.WriteNumber("port", answer.Port);
            json.WriteString("rule", rule);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
