using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Intercept.Capture.Pods;

namespace Intercept.Tests.Unit.Node;

public sealed class AgentPagesTests : IDisposable
{
    private const string Question = """{"namespace":"shop","name":"web-1","uid":"u1","containerId":"c1"}""";

    private readonly AgentScene _agent = new();

    [Fact]
    public async Task A_question_before_the_pods_are_known_is_answered_as_not_yet()
    {
        var (status, body) = await _agent.AskAsync("POST", "/v1/decide", Question);

        Assert.Equal((404, "the pods of this node have not been read yet\n"), (status, body));
        Assert.Equal(503, (await _agent.AskAsync("GET", "/v1/ready")).Status);
        Assert.Contains("\"captured\":false", (await _agent.AskAsync("POST", "/v1/decide", """{"namespace":"kube-system","name":"x"}""")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_with_a_proxy_is_captured_with_what_its_annotations_change()
    {
        _agent.Pods.Replace([Pod() with { Annotations = Texts(("traffic.sidecar.istio.io/excludeOutboundPorts", "5432")) }]);

        var (status, body) = await _agent.AskAsync("POST", "/v1/decide", Question);

        Assert.Equal(200, status);
        var answer = JsonNode.Parse(body)!;
        Assert.True(answer["captured"]!.GetValue<bool>());
        Assert.Contains("--istio-local-outbound-ports-exclude=5432", answer["arguments"]!.AsArray().Select(argument => $"{argument}"));
        Assert.Equal((200, "ready\n"), await _agent.AskAsync("GET", "/v1/ready"));
    }

    [Theory]
    [InlineData("""{"namespace":"","name":"web-1","uid":"","containerId":"c1"}""", 200)]
    [InlineData("""{"namespace":"shop","name":"web-1","uid":"","containerId":"c1"}""", 200)]
    [InlineData("""{"namespace":"shop","name":"web-1","uid":"another","containerId":"c1"}""", 404)]
    [InlineData("""{"namespace":"front","name":"web-1","uid":"","containerId":"c1"}""", 404)]
    [InlineData("""{"namespace":"shop","name":"web-2","uid":"","containerId":"c1"}""", 404)]
    [InlineData("""{"namespace":"shop"}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    public async Task A_pod_is_known_by_what_the_runtime_says_of_it(string question, int status)
    {
        _agent.Pods.Replace([Pod()]);

        Assert.Equal(status, (await _agent.AskAsync("POST", "/v1/decide", question)).Status);
    }

    [Fact]
    public async Task A_pod_that_asks_for_what_cannot_be_done_is_refused_with_every_problem()
    {
        _agent.Pods.Replace([Pod() with
        {
            Annotations = Texts(("traffic.sidecar.istio.io/excludeOutboundPorts", "many"), ("traffic.sidecar.istio.io/excludeInboundPorts", "70000")),
        }]);

        var (status, body) = await _agent.AskAsync("POST", "/v1/decide", Question);

        Assert.Equal(422, status);
        var problems = JsonNode.Parse(body)!["problems"]!.AsArray().Select(problem => $"{problem}").ToList();
        Assert.Equal(2, problems.Count);
        Assert.All(problems, problem => Assert.StartsWith("pod shop/web-1: traffic.sidecar.istio.io/exclude", problem, StringComparison.Ordinal));
        Assert.Contains(problems[0], _agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_a_plugin_are_logged_one_for_one()
    {
        Assert.Equal(200, (await _agent.AskAsync("POST", "/v1/log", "{\"msg\":\"captured\"}\n{\"msg\":\"second\"}\n")).Status);

        Assert.Contains(" plugin {\"msg\":\"captured\"}", _agent.Log, StringComparison.Ordinal);
        Assert.Contains(" plugin {\"msg\":\"second\"}", _agent.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/decide")]
    [InlineData("/v1/log")]
    [InlineData("/v1/attached")]
    public async Task Loopback_takes_no_questions_of_plugins(string path)
    {
        Assert.Equal(405, (await _agent.AskLoopbackAsync("POST", path)).Status);
        Assert.Equal(404, (await _agent.AskLoopbackAsync("GET", path)).Status);
        Assert.Equal(405, (await _agent.AskAsync("GET", path)).Status);
    }

    [Fact]
    public async Task Health_status_and_metrics_are_on_loopback_and_on_the_socket()
    {
        _agent.Pods.Replace([Pod()]);

        foreach (var path in new[] { "/healthz/live", "/healthz/ready", "/v1/ready", "/status", "/metrics" })
        {
            Assert.Equal(200, (await _agent.AskLoopbackAsync("GET", path)).Status);
            Assert.Equal(200, (await _agent.AskAsync("GET", path)).Status);
        }

        Assert.Equal("1", $"{JsonNode.Parse((await _agent.AskAsync("GET", "/status")).Body)!["known_pods"]}");
        Assert.Contains("intercept_node_pods{state=\"captured\"} 0\n", (await _agent.AskAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void The_socket_is_its_users_alone() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_agent.Options.Socket));

    [Fact]
    public async Task Status_asks_the_socket_and_says_what_is_wrong()
    {
        var run = await HostScene.RunAsync("status", "--state-dir", _agent.Options.StateDirectory);

        Assert.Equal(95, run.ExitCode);
        Assert.Contains("PROBLEM: the pods of this node have not been read yet", run.Output, StringComparison.Ordinal);
        _agent.Pods.Replace([]);
        Assert.Equal(0, (await HostScene.RunAsync("status", "--state-dir", _agent.Options.StateDirectory)).ExitCode);
        Assert.Equal("0", $"{JsonNode.Parse((await HostScene.RunAsync("status", "--state-dir", _agent.Options.StateDirectory, "--output", "json")).Output)!["known_pods"]}");
    }

    [Fact]
    public async Task Uninstall_says_that_a_running_agent_will_undo_it()
    {
        var run = await HostScene.RunAsync(
            "uninstall", "--state-dir", _agent.Options.StateDirectory, "--cni-conf-dir", "/nowhere/net.d", "--cni-bin-dir", "/nowhere/bin");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"an agent answers on {_agent.Options.Socket} and will put the plugin back", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_without_an_agent_says_where_it_asked()
    {
        var run = await HostScene.RunAsync("status", "--state-dir", "/nowhere");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no agent answers on /nowhere/node.sock", run.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _agent.Dispose();

    private static PodMetadata Pod() => new(new PodIdentity("shop", "web-1", "u1")) { Containers = ["web", "intercept-proxy"] };

    private static ImmutableDictionary<string, string> Texts(params (string Key, string Value)[] texts) => texts.ToImmutableDictionary(text => text.Key, text => text.Value);
}
