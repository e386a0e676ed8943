using System.Text.Json.Nodes;
using Intercept.Tests.Cases;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class TproxyTests
{
    private static readonly string[] _arguments = ["-i", "*", "-b", "*", "-m", "TPROXY"];

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task The_proxy_calls_the_application_from_the_peers_address_and_gets_the_answer(CaptureBackend backend)
    {
        await using var scene = await OpenAsync(backend);
        var calls = CaptureScene.Flows("marked>self:8080/tcp/4", "marked>self:8080/tcp/6").Select(flow =>
        {
            var call = FlowRuns.Describe(flow);
            call["bind"] = CaseWorld.Peer.Of(flow.IsIPv6).ToString();
            call["transparent"] = true;
            return call;
        });
        var answers = (await scene.World.Pod.AskAsync("flows", new JsonObject { ["flows"] = new JsonArray([.. calls]) }))["flows"]!.AsObject();
        Assert.Equal(2, answers.Count);
        Assert.All(answers, answer => Assert.Equal("pod:8080", FlowAnswer.Of(answer.Value!).By));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Without_a_listener_inbound_is_refused_and_not_let_through(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend, proxy: false);
        await scene.InstallAsync(_arguments);
        var answers = await scene.World.SendAsync(CaptureScene.Inbound);
        Assert.All(answers.Values, answer => Assert.Contains(answer.By, new[] { "timeout", "refused", "reset" }));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Hbone_has_its_own_listener_under_tproxy_too(CaptureBackend backend)
    {
        await using var scene = await OpenAsync(backend);
        var flows = CaptureScene.Flows("peer>pod:15008/tcp/4", "peer>pod:15008/tcp/6");
        var answers = await scene.World.SendAsync(flows);
        Assert.All(answers.Values, answer => Assert.Equal("pod:15008", answer.By));
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task Excluded_connections_outlast_a_change_to_tproxy_and_uninstall(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        await scene.World.Pod.AskAsync("transparent", new() { ["port"] = 15006, ["on"] = true });
        await scene.InstallAsync("-i", "*", "-b", "*", "-d", "15021");
        var incoming = await KeptConnection.OpenAsync(scene.World, CaptureScene.Flows("peer>pod:15021/tcp/4")[0]);
        var outgoing = await KeptConnection.OpenAsync(scene.World, CaptureScene.Flows("proxy>service:80/tcp/6")[0]);
        Assert.Equal(("pod:15021", "peer:80"), (incoming.First.By, outgoing.First.By));
        await scene.InstallAsync([.. _arguments, "-d", "15021"]);
        Assert.Equal(("pod:15021", "peer:80"), ((await incoming.AskAsync()).By, (await outgoing.AskAsync()).By));
        await scene.UninstallAsync();
        Assert.Equal(("pod:15021", "peer:80"), ((await incoming.AskAsync()).By, (await outgoing.AskAsync()).By));
    }

    // Conntrack did not see it begin, so nothing tells it from a call that begins with another packet to slip past the rules.
    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_connection_from_before_the_first_install_ends_and_does_not_pass_uncaptured(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend);
        var outgoing = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        Assert.Equal("peer:80", outgoing.First.By);
        await scene.InstallAsync("-i", "*", "-b", "*");
        Assert.Equal("reset", (await outgoing.AskAsync()).By);
    }

    private static async Task<CaptureScene> OpenAsync(CaptureBackend backend)
    {
        var scene = await CaptureScene.OpenAsync(backend);
        await scene.World.Pod.AskAsync("transparent", new() { ["port"] = 15006, ["on"] = true });
        await scene.InstallAsync(_arguments);
        return scene;
    }
}
