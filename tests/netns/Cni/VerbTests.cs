using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

public sealed class VerbTests
{
    [SkippableTheory]
    [InlineData("0.3.1", CaptureBackend.IptablesNft)]
    [InlineData("0.4.0", CaptureBackend.IptablesLegacy)]
    [InlineData("1.0.0", CaptureBackend.Nftables)]
    [InlineData("1.1.0", CaptureBackend.IptablesNft)]
    public async Task A_pod_is_captured_from_ADD_to_DEL(string version, CaptureBackend backend)
    {
        await using var scene = await CniScene.OpenAsync(backend);
        var before = await scene.World.SnapshotAsync();
        var previous = (JsonObject)scene.Call.Configuration["prevResult"]!.DeepClone();
        previous["cniVersion"] = version;
        if (version is "0.3.1" or "0.4.0")
        {
            previous["ips"]![0]!["version"] = "4";
        }

        var call = scene.Call.With("cniVersion", version).With("prevResult", previous);

        Assert.Equal(previous.ToJsonString(), (await call.MustAsync("ADD")).Output.Trim());
        await scene.IsCapturedAsync();
        var record = Assert.Single(scene.Store.All()).Attachment!;
        Assert.Equal(("c0ffee", "eth0", "shop/web-1", "mesh"), (record.ContainerId, record.Interface, record.Pod.ToString(), record.Network));
        if (version != "0.3.1")
        {
            Assert.Equal("", (await call.MustAsync("CHECK")).Output);
        }

        Assert.Equal("", (await call.MustAsync("DEL")).Output);
        await scene.IsNotCapturedAsync();
        await scene.IsBareAsync(before);
        Assert.Equal("", (await call.MustAsync("DEL")).Output);
    }

    [Fact]
    public async Task A_pod_that_no_selector_names_costs_nothing_and_leaves_no_record()
    {
        await using var scene = await CniScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        var call = scene.Call with { Arguments = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=db-1" };

        var added = await call.MustAsync("ADD");
        Assert.Equal(call.Configuration["prevResult"]!.ToJsonString(), added.Output.Trim());
        Assert.Contains("not captured: no selector of the network configuration names it", added.Log, StringComparison.Ordinal);
        await call.MustAsync("CHECK");
        await scene.IsBareAsync(before);
        await scene.IsNotCapturedAsync();
        await call.MustAsync("DEL");
    }

    [Fact]
    public async Task ADD_again_changes_nothing()
    {
        await using var scene = await CniScene.OpenAsync();
        await scene.Call.MustAsync("ADD");
        var once = await scene.World.SnapshotAsync();

        Assert.Contains("nothing to do", (await scene.Call.MustAsync("ADD")).Log, StringComparison.Ordinal);
        Assert.Equal(once, await scene.World.SnapshotAsync());
        Assert.Single(scene.Store.All());
    }

    [Fact]
    public async Task DEL_finds_the_namespace_by_its_record_where_the_runtime_names_none()
    {
        await using var scene = await CniScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        await scene.Call.MustAsync("ADD");

        // As `ctr run --cni` does.
        await (scene.Call with { NetworkNamespace = "", Arguments = "" }).MustAsync("DEL");
        await scene.IsBareAsync(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"state_directory\":\"STATE\",\"cniVersion\":\"7.0\",\"selectors\":1}")]
    public async Task DEL_needs_no_configuration_to_succeed(string configuration)
    {
        await using var scene = await CniScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        await scene.Call.MustAsync("ADD");

        Assert.Equal(0, (await scene.Call.SendAsync("DEL", configuration.Replace("STATE", scene.State, StringComparison.Ordinal))).ExitCode);
        if (configuration.Length > 0)
        {
            await scene.IsBareAsync(before);
        }
    }

    [Fact]
    public async Task GC_removes_what_the_runtime_no_longer_has_of_its_network_only()
    {
        await using var scene = await CniScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        await scene.Call.MustAsync("ADD");
        JsonArray valid = [new JsonObject { ["containerID"] = "c0ffee", ["ifname"] = "eth0" }];

        await scene.Call.With("cni.dev/valid-attachments", valid).MustAsync("GC");
        await scene.Call.With("cni.dev/valid-attachments", new JsonArray()).With("name", "another").MustAsync("GC");
        await scene.Call.With("cni.dev/valid-attachments", new JsonArray("half understood")).MustAsync("GC");
        await scene.Call.MustAsync("GC");
        await scene.IsCapturedAsync();

        var gone = scene.Call.With("cni.dev/valid-attachments", new JsonArray());
        await gone.MustAsync("GC");
        await scene.IsBareAsync(before);
        await gone.MustAsync("GC");
    }

    [Fact]
    public async Task STATUS_is_silent_where_ADD_would_succeed_and_names_everything_that_is_missing()
    {
        await using var scene = await CniScene.OpenAsync();
        Assert.Equal("", (await scene.Call.MustAsync("STATUS")).Output);

        var absent = await scene.Call.With("agent_socket", Path.Combine(scene.State, "nobody.sock")).With("state_directory", "/proc/nowhere").SendAsync("STATUS");
        absent.Refuses(50, "no pod can be captured now");
        Assert.Contains("the state directory /proc/nowhere cannot be written", absent.Details, StringComparison.Ordinal);
        Assert.Contains("nobody.sock cannot be asked", absent.Details, StringComparison.Ordinal);
    }
}
