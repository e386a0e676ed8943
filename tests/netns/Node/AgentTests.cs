using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Node;

/// <summary>The agent and its plugin on real files, real namespaces and real rules.</summary>
public sealed class AgentTests
{
    [Fact]
    public async Task A_pod_that_the_plugin_captured_is_named_with_what_captures_it_and_when_that_was_verified()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync();

        await scene.AddAsync();

        var pod = await scene.UntilPodAsync(pod => $"{pod["state"]}" == "captured");
        Assert.Equal(("shop", "web", "c1"), ($"{pod["namespace"]}", $"{pod["name"]}", $"{pod["container_id"]}"));
        Assert.StartsWith("iptables-nft", $"{pod["backend"]}", StringComparison.Ordinal);
        Assert.NotNull(pod["verified"]);
        Assert.Equal("0", $"{pod["repairs"]}");
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        var text = await scene.NodeAsync("status", "--state-dir", scene.State);
        Assert.Equal(0, text.ExitCode);
        Assert.Contains("  shop/web: captured by iptables-nft", text.Output, StringComparison.Ordinal);

        await scene.CallAsync("DEL");
        await scene.UntilAsync(status => status["pods"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task Drift_made_by_hand_is_repaired_under_a_running_connection()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync();
        await scene.AddAsync();
        await scene.UntilPodAsync(pod => $"{pod["state"]}" == "captured");
        var asPlanned = await scene.World.SnapshotAsync();
        var kept = await KeptConnection.OpenAsync(scene.World, CaptureScene.Outbound[0]);
        Assert.Equal("pod:15001", kept.First.By);

        await Drift.RuleAdded.MakeAsync(scene.Rules, ipv6: false);

        var pod = await scene.UntilPodAsync(pod => pod["repairs"]!.GetValue<int>() > 0);
        Assert.Equal("captured", $"{pod["state"]}");
        Assert.Equal(asPlanned, await scene.World.SnapshotAsync());
        Assert.Equal("pod:15001", (await kept.AskAsync()).By);
        Assert.Contains("shop/web: 1 difference(s)", scene.Agent.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_repair_drift_is_said_and_left()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync("--no-repair");
        await scene.AddAsync();
        await scene.UntilPodAsync(pod => $"{pod["state"]}" == "captured");
        await Drift.RuleAdded.MakeAsync(scene.Rules, ipv6: false);
        var drifted = await scene.World.SnapshotAsync();

        var pod = await scene.UntilPodAsync(pod => $"{pod["state"]}" == "drifted");

        Assert.StartsWith("1 difference(s), the first: ", $"{pod["problem"]}", StringComparison.Ordinal);
        Assert.Equal(drifted, await scene.World.SnapshotAsync());
        Assert.Equal(95, (await scene.NodeAsync("status", "--state-dir", scene.State)).ExitCode);
    }

    [Fact]
    public async Task Killing_the_agent_leaves_pods_captured_and_the_next_goes_on()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync();
        await scene.AddAsync();

        await scene.Agent.KillAsync();

        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));
        var refused = await scene.CallAsync("ADD");
        Assert.Equal((1, "11"), (refused.ExitCode, $"{JsonNode.Parse(refused.Output)!["code"]}"));
        var status = await scene.NodeAsync("status", "--state-dir", scene.State);
        Assert.Contains("no agent answers", status.Error, StringComparison.Ordinal);

        await scene.StartAsync();
        var pod = await scene.UntilPodAsync(pod => $"{pod["state"]}" == "captured");
        Assert.Equal("web", $"{pod["name"]}");
    }

    [Fact]
    public async Task Stopping_the_agent_takes_nothing_away()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync();
        await scene.AddAsync();
        var rules = await scene.World.SnapshotAsync();
        var configuration = await File.ReadAllTextAsync(scene.ConfigurationFile);

        Assert.Equal(0, await scene.Agent.StopAsync());

        Assert.Equal(rules, await scene.World.SnapshotAsync());
        Assert.Equal(configuration, await File.ReadAllTextAsync(scene.ConfigurationFile));
        Assert.True(File.Exists(scene.Plugin));
    }

    [Fact]
    public async Task Uninstall_without_an_agent_leaves_nothing_and_works_twice()
    {
        await using var scene = await NodeScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        await scene.StartAsync();
        await scene.AddAsync();
        await scene.Agent.KillAsync();

        var kept = await scene.UninstallAsync();
        Assert.True(kept.ExitCode == 0, kept.Said);
        Assert.Contains("1 running pod(s) stay captured", kept.Error, StringComparison.Ordinal);
        Assert.All((await scene.World.SendAsync(CaptureScene.Outbound)).Values, answer => Assert.Equal("pod:15001", answer.By));

        var released = await scene.UninstallAsync("--pods-too");
        Assert.True(released.ExitCode == 0, released.Said);
        Assert.Equal(before, await scene.World.SnapshotAsync());
        Assert.Equal(NodeScene.Network, await File.ReadAllTextAsync(scene.ConfigurationFile));
        Assert.False(File.Exists(scene.Plugin));
        Assert.False(Directory.Exists(scene.State));
        Assert.Contains("nothing to do", (await scene.UninstallAsync("--pods-too")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_takes_the_entry_out_finds_it_back()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync();

        await File.WriteAllTextAsync(scene.ConfigurationFile, NodeScene.Network);
        File.Delete(scene.Plugin);

        await scene.UntilAsync(status => status["plugin"]!["restored"]!.GetValue<int>() > 0 && File.Exists(scene.Plugin));
        Assert.Contains("intercept-cni", await File.ReadAllTextAsync(scene.ConfigurationFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_asks_for_what_cannot_be_done_is_refused_and_the_plugin_says_why()
    {
        await using var scene = await NodeScene.OpenAsync();
        await scene.StartAsync();
        await File.WriteAllTextAsync(
            Path.Combine(Path.GetDirectoryName(scene.State)!, "pods/bad.yaml"),
            "apiVersion: v1\nkind: Pod\nmetadata: {name: bad, namespace: shop, annotations: {traffic.sidecar.istio.io/excludeOutboundPorts: many}}\nspec: {containers: [{name: istio-proxy}]}");
        await scene.UntilAsync(status => status["known_pods"]!.GetValue<int>() == 2);

        var finished = await scene.CallAsync("ADD", "bad");

        Assert.Equal((1, "7"), (finished.ExitCode, $"{JsonNode.Parse(finished.Output)!["code"]}"));
        Assert.Contains("excludeOutboundPorts", finished.Output, StringComparison.Ordinal);
        Assert.Contains("many", finished.Output, StringComparison.Ordinal);
    }
}
