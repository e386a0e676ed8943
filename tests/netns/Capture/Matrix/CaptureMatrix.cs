using System.Text.Json.Nodes;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Tests.Cases;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Matrix;

/// <summary>
/// The case table against the real kernel: for each configuration the real intercept-init installs, every flow is sent, and
/// uninstall leaves the world as it was. The same table drives the model and the goldens in tests/unit/Capture.
/// </summary>
public abstract class CaptureMatrix(MatrixWorld shared, CaptureBackend backend)
{
    private const ushort TransparentInboundPort = 15006;

    public static TheoryData<string> Names => new(CaptureCases.All.Select(capture => capture.Name));

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Real_connections_go_where_the_case_says(string name)
    {
        var capture = CaptureCases.Named(name);
        var (world, before) = await shared.OpenAsync(backend);
        var failures = new List<string>();
        try
        {
            await world.SetResolvConfAsync(capture.ResolvConf);
            await world.Pod.AskAsync("transparent", new JsonObject { ["port"] = TransparentInboundPort, ["on"] = capture.IsTproxy });
            await AddPassthroughAddressAsync(world, capture);
            var install = await world.InitAsync(["install", .. capture.Arguments, .. backend.Flags(capture)], capture.Environment);
            failures.AddRange(install.ExitCode == 0
                ? FlowRuns.Differences(capture, FlowCases.All, await world.SendAsync(FlowCases.All))
                : [$"install: {install.Said}"]);
            failures.AddRange(await CountedAsync(world, capture));
            var uninstall = await world.InitAsync(["uninstall"]);
            await RemovePassthroughAddressAsync(world, capture);
            var after = await world.SnapshotAsync();
            if (uninstall.ExitCode != 0 || after != before)
            {
                failures.Add($"uninstall left something: {uninstall.Said}\nbefore:\n{before}\nafter:\n{after}");
                await shared.DiscardAsync();
            }
        }
        catch
        {
            // Whatever stands in it now would fail the rows that follow.
            await shared.DiscardAsync();
            throw;
        }

        Assert.True(failures.Count == 0, $"{name} under {backend}:\n{string.Join('\n', failures)}");
    }

    // Each flow is one datagram, and the answers to those that pass come from outside or are the pod's own business.
    private static async Task<IEnumerable<string>> CountedAsync(CaptureWorld world, CaptureCase capture)
    {
        var expected = FlowCases.All.Count(flow => capture.Expected(flow) is CaseOutcome.Counted or CaseOutcome.Refused && flow.Protocol == RuleProtocol.Udp);
        var counted = await UdpPolicyCounter.ReadAsync(new ApplySettings { NetworkNamespace = world.PodNamespace }, CancellationToken.None);
        return counted.GetValueOrDefault() == (ulong)expected ? [] : [$"the policy counted {counted}, and {expected} datagrams concern it"];
    }

    // Linkerd's proxy makes no passthrough call, so nothing gives the pod ::6; the flow of the table needs it. It is also an
    // address of somebody else's, which has to outlast uninstall.
    private static async Task AddPassthroughAddressAsync(CaptureWorld world, CaptureCase capture)
    {
        if (capture.Arguments.Contains("--linkerd"))
        {
            await world.MustInPodAsync("ip -6 addr add ::6/128 dev lo");
        }
    }

    private static async Task RemovePassthroughAddressAsync(CaptureWorld world, CaptureCase capture)
    {
        if (capture.Arguments.Contains("--linkerd"))
        {
            await world.MustInPodAsync("ip -6 addr del ::6/128 dev lo");
        }
    }
}
