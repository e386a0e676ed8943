using Intercept.Capture.Configuration;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Verification;

/// <summary>
/// Proves capture with real connections. Where nobody listens on the proxy's ports the verifier does, and a random token has to
/// come back from the right port with the right original destination. Beside a running proxy it takes nothing from him: the
/// kernel's socket table shows which port holds the other end of each connection.
/// </summary>
public sealed class CaptureVerifier(CapturePlan plan, ApplySettings settings, ProbeSettings probe, Action<string> progress, TimeProvider time)
{
    // What must not be captured is recognised by silence, which has to last a little and not the whole timeout.
    private static readonly TimeSpan _silence = TimeSpan.FromMilliseconds(700);

    private readonly VerificationFlows _flows = new(plan, probe.Port);
    private IReadOnlyList<string> _drift = [];

    public async Task<IReadOnlyList<VerificationResult>> RunAsync(CancellationToken cancellation)
    {
        var results = new List<VerificationResult>();
        _drift = await new CaptureInstaller(settings, probe.Self, progress, time).DriftAsync(plan, cancellation);
        results.AddRange(_drift.Select(line => new VerificationResult("rules", VerificationStatus.Failed, line, null)));
        if (_drift.Count == 0)
        {
            results.Add(new VerificationResult("rules", VerificationStatus.Proven, "every rule of the plan is in the kernel, in order", null));
        }

        results.AddRange(await ConnectAsync(cancellation));
        return results;
    }

    private async Task<IReadOnlyList<VerificationResult>> ConnectAsync(CancellationToken cancellation)
    {
        var configuration = plan.Configuration;
        var token = $"{Guid.NewGuid():N}";
        var children = new ProbeChildren(probe.Self, token, probe.Timeout);
        List<ushort> ports = [configuration.OutboundPort, configuration.InboundPort];
        if (configuration.RedirectDns)
        {
            ports.Add(configuration.DnsPort);
        }

        var transparent = configuration is { InboundMode: InboundMode.Tproxy, CapturesInbound: true };
        var proxy = transparent ? new Identity(0, configuration.ProxyGids.IsEmpty ? 0 : configuration.ProxyGids[0]) : _flows.Proxies().First();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var (running, taken, datagrams) = await children.ListenAsync(proxy, transparent, ports,
            configuration.RedirectDns ? configuration.DnsPort : null, stop.Token);
        progress(taken.Count == ports.Count
            ? "verifying with listeners of our own on the proxy's ports"
            : "verifying beside the running proxy, by the kernel's socket table");
        try
        {
            var results = new List<VerificationResult>();
            var local = AddressFamilies.Present(File.Exists("/proc/net/if_inet6")).SelectMany(_flows.Local).ToList();
            var byIdentity = local.GroupBy(flow => flow.Connects!.Value)
                .Select(group => (Flows: group.ToList(), Answer: AskAsync(children, group.Key, group.ToList(), taken, ports, cancellation)))
                .ToList();
            foreach (var (flows, answer) in byIdentity)
            {
                results.AddRange(Judge(flows, await answer, taken, datagrams));
            }

            results.AddRange(await InboundAsync(children, taken, ports, cancellation));
            return results;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAny(running);
        }
    }

    private async Task<(IReadOnlyList<ProbeAnswer>, string?)> AskAsync(ProbeChildren children, Identity identity,
        List<VerificationFlow> flows, HashSet<ushort> taken, List<ushort> ports, CancellationToken cancellation) =>
        await children.ConnectAsync(identity, Targets(flows, taken), ports, cancellation);

    private List<ProbeTarget> Targets(IEnumerable<VerificationFlow> flows, HashSet<ushort> taken) =>
        flows.Select(flow => new ProbeTarget(
            flow.Flow.Protocol == RuleProtocol.Udp,
            flow.Flow.Destination,

            // A flow that must not be captured would be by one of ours, if at all.
            flow.Expected.Outcome != FlowOutcome.Captured ? taken.Count > 0 : taken.Contains(flow.Expected.Port),
            flow.Expected.RuleIndex >= 0 && plan.Rules[flow.Expected.RuleIndex].Action.Verb == RuleVerb.Tproxy ? flow.Expected.Port : (ushort)0,
            TimeoutOf(flow, taken))).ToList();

    private TimeSpan TimeoutOf(VerificationFlow flow, HashSet<ushort> taken)
    {
        if (flow.Flow.Protocol == RuleProtocol.Udp && !taken.Contains(flow.Expected.Port))
        {
            // Beside a running proxy a datagram shows nothing, however long it is waited for.
            return TimeSpan.Zero;
        }

        return flow.Expected.Outcome == FlowOutcome.Captured || probe.Timeout < _silence ? probe.Timeout : _silence;
    }

    private async Task<IEnumerable<VerificationResult>> InboundAsync(ProbeChildren children, HashSet<ushort> taken, List<ushort> ports,
        CancellationToken cancellation)
    {
        var flows = AddressFamilies.Present(File.Exists("/proc/net/if_inet6")).Select(_flows.Inbound).OfType<VerificationFlow>().ToList();
        if (flows.Count == 0)
        {
            return [new VerificationResult("inbound", VerificationStatus.NotPlanned, "the plan captures nothing inbound", null)];
        }

        var runner = new ToolRunner(settings.SearchPath, null);
        var (answers, failure) = await children.ConnectFromPeerAsync(Targets(flows, taken), ports, runner, settings.SearchPath, cancellation);
        return Judge(flows, (answers, failure), taken, datagrams: false);
    }

    private IEnumerable<VerificationResult> Judge(List<VerificationFlow> flows, (IReadOnlyList<ProbeAnswer> Answers, string? Failure) said,
        HashSet<ushort> taken, bool datagrams)
    {
        for (var index = 0; index < flows.Count; index++)
        {
            var flow = flows[index];
            if (said.Answers.Count != flows.Count)
            {
                yield return RulesOnly(flow, said.Failure ?? "the probe gave no answer");
            }
            else if (flow.Flow.Protocol == RuleProtocol.Udp && !datagrams)
            {
                yield return RulesOnly(flow, "the proxy listens there itself and a datagram leaves no trace in the socket table");
            }
            else
            {
                yield return Judge(flow, said.Answers[index], taken);
            }
        }
    }

    private VerificationResult Judge(VerificationFlow flow, ProbeAnswer answer, HashSet<ushort> taken)
    {
        var expected = flow.Expected.Outcome == FlowOutcome.Captured ? flow.Expected.Port : 0;
        var who = flow.Connects is { } identity ? $" as {identity}" : " from the network";
        var what = $"{flow.Flow.Protocol.ToString().ToLowerInvariant()} to {flow.Flow.Destination}{who}";
        if (answer.Detail == "unreachable")
        {
            return RulesOnly(flow, $"{what}: no route, so nothing can leave this way");
        }

        if (answer.Port != expected)
        {
            var got = answer.Port == 0 ? $"was not captured ({answer.Detail})" : $"was captured by port {answer.Port}";
            var should = expected == 0 ? "has to pass" : $"has to land on port {expected}";
            return new VerificationResult(flow.Check, VerificationStatus.Failed, $"{what} {got}; it {should}", Rule(flow));
        }

        if (taken.Contains(answer.Port) && answer.OriginalDestination.Length > 0 && answer.OriginalDestination != flow.Flow.Destination.ToString())
        {
            return new VerificationResult(flow.Check, VerificationStatus.Failed,
                $"{what} landed on port {answer.Port}, which sees {answer.OriginalDestination} as the original destination", Rule(flow));
        }

        var how = expected == 0 ? "passed uncaptured, as planned" : $"landed on port {expected} ({answer.Detail})";
        return new VerificationResult(flow.Check, VerificationStatus.Proven, $"{what} {how}", Rule(flow));
    }

    private VerificationResult RulesOnly(VerificationFlow flow, string why) =>
        new(flow.Check, _drift.Count == 0 ? VerificationStatus.RulesOnly : VerificationStatus.Failed, $"checked by rules only: {why}", Rule(flow));

    // What the kernel lacks on the flow's way explains more than the last rule that the flow should have met.
    private string? Rule(VerificationFlow flow)
    {
        var ipv6 = flow.Flow.IsIPv6;
        var missing = flow.Expected.Path.FirstOrDefault(index => _drift.Any(line => RuleLines.IsMissing(plan.Rules[index], ipv6, line)), -1);
        return RuleLines.Of(plan, missing >= 0 ? missing : flow.Expected.RuleIndex, ipv6);
    }
}
