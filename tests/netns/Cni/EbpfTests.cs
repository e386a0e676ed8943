using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;
using Intercept.Tests.Netns.Ebpf;

namespace Intercept.Tests.Netns.Cni;

public sealed class EbpfTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("icept-cni-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pod_is_captured_by_programs_from_ADD_to_DEL(bool runtimeNamesIt)
    {
        await using var scene = await EbpfScene.OpenAsync();
        await using var agent = new NodeAgentPeer(path => path == "/v1/decide" ? (200, Captured(scene)) : (204, ""));
        var before = await scene.SnapshotAsync();
        var call = CniScene.Of(scene.World.PodNamespace, _state, CaptureBackend.IptablesNft).With("agent_socket", agent.Socket);

        await call.MustAsync("ADD");
        var answers = await scene.World.SendAsync([.. CaptureScene.Outbound, .. CaptureScene.Inbound]);
        Assert.All(CaptureScene.Outbound, flow => Assert.Equal("pod:15001", answers[flow.Name].By));
        Assert.All(CaptureScene.Inbound, flow => Assert.Equal("pod:15006", answers[flow.Name].By));
        await call.MustAsync("CHECK");

        await (runtimeNamesIt ? call : call with { NetworkNamespace = "" }).MustAsync("DEL");
        Assert.Equal(before, await scene.SnapshotAsync());
        await call.MustAsync("DEL");
    }

    [SkippableFact]
    public async Task An_enrolment_whose_namespace_is_gone_leaves_no_pin()
    {
        await using var place = new CniPlace("gone");
        await using var scene = await EbpfScene.OpenAsync();
        await using var agent = new NodeAgentPeer(path => path == "/v1/decide" ? (200, Captured(scene)) : (204, ""));
        var pod = await place.AddAsync("pod");
        var call = place.Call(pod).With("agent_socket", agent.Socket);
        await call.MustAsync("ADD");
        Assert.True(Directory.Exists(scene.Layout.Root));

        await place.RemoveAsync(pod);
        await (call with { NetworkNamespace = "" }).MustAsync("DEL");

        Assert.False(Directory.Exists(scene.Layout.Root));
        Assert.Empty(place.Store.All());
    }

    private static string Captured(EbpfScene scene) => new JsonObject
    {
        ["captured"] = true,
        ["reason"] = "it has a proxy",
        ["arguments"] = new JsonArray([.. EbpfScene.Everything.Concat(["--bpffs", scene.Pins.Path]).Select(text => (JsonNode)text)]),
        ["cgroup"] = scene.Groups.Root,
        ["backend"] = "ebpf",
    }.ToJsonString();
}
