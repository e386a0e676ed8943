using System.Text.Json.Nodes;
using Intercept.Capture.Attachments;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

/// <summary>A pod with a proxy and a peer, a state directory of its own, and the plugin called on the host for the pod's namespace.</summary>
internal sealed class CniScene : IAsyncDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("icept-cni-").FullName;
    private readonly CaptureScene _scene;

    private CniScene(CaptureScene scene) => _scene = scene;

    public CaptureWorld World => _scene.World;

    public string State => _state;

    public AttachmentStore Store => new(_state);

    public PluginCall Call => Of(World.PodNamespace, _state, _scene.Backend);

    public static async Task<CniScene> OpenAsync(CaptureBackend backend = CaptureBackend.IptablesNft) => new(await CaptureScene.OpenAsync(backend));

    public static PluginCall Of(string networkNamespace, string state, CaptureBackend backend) => new()
    {
        NetworkNamespace = networkNamespace,
        Configuration = new JsonObject
        {
            ["cniVersion"] = "1.1.0",
            ["name"] = "mesh",
            ["type"] = "intercept-cni",
            ["state_directory"] = state,
            ["timeout_seconds"] = 50,
            ["selectors"] = new JsonObject { ["pods"] = new JsonArray("web-*") },
            ["arguments"] = new JsonArray([.. CaptureScene.Everything.Concat(backend.Flags()).Select(text => (JsonNode)text)]),
            ["prevResult"] = new JsonObject
            {
                ["cniVersion"] = "1.1.0",
                ["interfaces"] = new JsonArray(new JsonObject { ["name"] = "eth0", ["sandbox"] = networkNamespace, ["of-2030"] = new JsonObject { ["x"] = 1 } }),
                ["ips"] = new JsonArray(new JsonObject { ["interface"] = 0, ["address"] = "10.77.0.2/24" }),
                ["of-2031"] = new JsonArray(1, 2),
            },
        },
    };

    public async Task IsCapturedAsync()
    {
        var answers = await World.SendAsync([.. CaptureScene.Outbound, .. CaptureScene.Inbound]);
        Assert.All(CaptureScene.Outbound, flow => Assert.Equal("pod:15001", answers[flow.Name].By));
        Assert.All(CaptureScene.Inbound, flow => Assert.Equal("pod:15006", answers[flow.Name].By));
    }

    public async Task IsNotCapturedAsync()
    {
        var answers = await World.SendAsync([.. CaptureScene.Outbound, .. CaptureScene.Inbound]);
        Assert.All(answers, answer => Assert.Contains(answer.Value.By, (string[])["peer:80", "pod:8080"]));
    }

    /// <summary>Nothing of ours in the pod, and no record of it.</summary>
    public async Task IsBareAsync(string before)
    {
        Assert.Equal(before, await World.SnapshotAsync());
        Assert.Empty(Directory.EnumerateFiles(_state, "*.json*", SearchOption.AllDirectories));
    }

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }
}
