using System.Text.Json.Nodes;
using Intercept.Tests.Netns.Capture.Lifecycle;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Cni;

public sealed class AgentTests
{
    private static string Captured => new JsonObject
    {
        ["captured"] = true,
        ["reason"] = "its label sidecar.istio.io/inject asks for it",
        ["arguments"] = new JsonArray([.. CaptureScene.Everything.Concat(CaptureBackend.IptablesNft.Flags()).Select(text => (JsonNode)text)]),
        ["of-2030"] = 1,
    }.ToJsonString();

    [Fact]
    public async Task What_the_agent_says_of_a_pod_is_done_and_it_is_told()
    {
        await using var scene = await CniScene.OpenAsync();
        await using var agent = new NodeAgentPeer(path => path == "/v1/decide" ? (200, Captured) : (204, ""));

        await scene.Call.With("agent_socket", agent.Socket).MustAsync("ADD");

        await scene.IsCapturedAsync();
        var requests = agent.Requests.ToArray();
        Assert.Equal(["/v1/decide", "/v1/attached", "/v1/log"], requests.Select(request => request.Path));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"namespace":"shop","name":"web-1","uid":"","containerId":"c0ffee"}"""), JsonNode.Parse(requests[0].Body)), requests[0].Body);
        Assert.Equal(scene.World.PodNamespace, (string)JsonNode.Parse(requests[1].Body)!["networkNamespace"]!);
        Assert.All(requests[2].Body.Trim().Split('\n'), line => Assert.Equal("ADD", (string)JsonNode.Parse(line)!["verb"]!));
    }

    [Fact]
    public async Task A_pod_that_the_agent_leaves_alone_is_left_alone()
    {
        await using var scene = await CniScene.OpenAsync();
        await using var agent = new NodeAgentPeer(_ => (200, """{"captured":false,"reason":"it has no proxy","arguments":[]}"""));

        Assert.Contains("not captured: it has no proxy", (await scene.Call.With("agent_socket", agent.Socket).MustAsync("ADD")).Log, StringComparison.Ordinal);
        await scene.IsNotCapturedAsync();
    }

    [Fact]
    public async Task A_pod_that_the_agent_does_not_know_yet_is_waited_for()
    {
        await using var scene = await CniScene.OpenAsync();
        var asked = 0;
        await using var agent = new NodeAgentPeer(path => path != "/v1/decide" ? (204, "") : Interlocked.Increment(ref asked) < 4 ? (404, "") : (200, Captured));

        await scene.Call.With("agent_socket", agent.Socket).MustAsync("ADD");

        Assert.Equal(4, asked);
        await scene.IsCapturedAsync();
    }

    [Fact]
    public async Task A_pod_that_the_agent_never_knows_is_refused()
    {
        await using var scene = await CniScene.OpenAsync();
        await using var agent = new NodeAgentPeer(_ => (404, ""));

        await RefusesAsync(scene, agent.Socket, $"pod shop/web-1: the node agent at {agent.Socket} does not know the pod shop/web-1; waited 1s (timeout_seconds)");
    }

    [Fact]
    public async Task A_silent_agent_refuses_the_pod()
    {
        await using var scene = await CniScene.OpenAsync();
        await using var agent = new NodeAgentPeer(_ => null);

        await RefusesAsync(scene, agent.Socket, $"the node agent at {agent.Socket} gave no answer; waited 1s");
    }

    [Fact]
    public async Task An_absent_agent_refuses_the_pod_and_keeps_nothing_from_being_removed()
    {
        await using var scene = await CniScene.OpenAsync();
        var before = await scene.World.SnapshotAsync();
        await scene.Call.MustAsync("ADD");
        var nobody = Path.Combine(scene.State, "nobody.sock");

        await scene.Call.With("agent_socket", nobody).MustAsync("DEL");
        await scene.IsBareAsync(before);
        await RefusesAsync(scene, nobody, $"the node agent at {nobody} cannot be asked");
    }

    [Fact]
    public async Task What_a_pod_asks_for_and_cannot_have_is_told_with_every_problem()
    {
        await using var scene = await CniScene.OpenAsync();
        await using var agent = new NodeAgentPeer(_ => (422, """{"problems":["pod shop/web-1: one thing","pod shop/web-1: another"]}"""));

        var refused = await scene.Call.With("agent_socket", agent.Socket).SendAsync("ADD");

        refused.Refuses(7, "cannot be captured as it asks: pod shop/web-1: one thing");
        Assert.Equal("pod shop/web-1: one thing\npod shop/web-1: another", refused.Details);
    }

    [Theory]
    [InlineData(500, "out of order", "answered 500")]
    [InlineData(200, "{", "answered what is not JSON of its kind")]
    [InlineData(200, """{"captured":true,"reason":"","arguments":["--network-namespace","/proc/1/ns/net"]}""", "--network-namespace, which is for the plugin to say")]
    public async Task Other_answers_refuse_the_pod(int status, string body, string why)
    {
        await using var scene = await CniScene.OpenAsync();
        await using var agent = new NodeAgentPeer(_ => (status, body));

        var refused = await scene.Call.With("agent_socket", agent.Socket).SendAsync("ADD");

        refused.Refuses(refused.Code, why);
        Assert.Contains(refused.Code, (int[])[7, 11]);
        Assert.Empty(scene.Store.All());
    }

    [Fact]
    public async Task Pods_of_excluded_namespaces_do_not_wait_for_the_agent()
    {
        await using var scene = await CniScene.OpenAsync();
        var call = scene.Call with { Arguments = "K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=intercept-node-x" };

        await call.With("agent_socket", Path.Combine(scene.State, "nobody.sock")).MustAsync("ADD");
        await scene.IsNotCapturedAsync();
    }

    private static async Task RefusesAsync(CniScene scene, string socket, string why)
    {
        (await scene.Call.With("agent_socket", socket).With("timeout_seconds", 1).SendAsync("ADD")).Refuses(11, why);
        Assert.Empty(scene.Store.All());
        await scene.IsNotCapturedAsync();
    }
}
