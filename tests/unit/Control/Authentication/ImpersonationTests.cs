using System.Net;
using Intercept.Control.Authentication;
using Intercept.Control.Serving.Callers;
using Intercept.Tests.Unit.Control.Authority;

namespace Intercept.Tests.Unit.Control.Authentication;

public sealed class ImpersonationTests : IAsyncLifetime
{
    private const string Own = "/api/v1/namespaces/istio-system/pods/ztunnel-x";
    private const string Beside = "/api/v1/namespaces/shop/pods?fieldSelector=spec.nodeName%3Dnode-a";
    private const string Node = "spiffe://cluster.local/ns/istio-system/sa/ztunnel";

    private readonly KubernetesUnderTest _kubernetes = new();
    private readonly Impersonation _impersonation;

    public ImpersonationTests()
    {
        _impersonation = new Impersonation([AuthorityUnderTest.Id(Node)], new PodPlacement(_kubernetes.Calls));
        _kubernetes.Answers[Own] = KubernetesUnderTest.Pod("uid-z", "ztunnel", "node-a");
        _kubernetes.Answers[Beside] = $$"""{"items": [{{KubernetesUnderTest.Pod("1", "db", "node-a")}}, {{KubernetesUnderTest.Pod("2", "web", "node-a")}}]}""";
    }

    [Fact]
    public async Task Lets_a_node_ask_for_a_pod_that_runs_on_it() => Assert.Null(await ComplaintAsync(Ztunnel()));

    [Fact]
    public async Task Refuses_who_is_not_listed_whatever_runs_where() =>
        Assert.Equal("it is no listed node account", await ComplaintAsync(Ztunnel() with { Identities = [AuthorityUnderTest.Web] }));

    [Fact]
    public async Task Refuses_who_has_not_shown_its_pod() =>
        Assert.StartsWith("it has not shown which pod it is", await ComplaintAsync(Ztunnel() with { Pod = null }), StringComparison.Ordinal);

    public static TheoryData<string, string?, string> Bad => new()
    {
        { Own, null, "its own pod is gone" },
        { Own, KubernetesUnderTest.Pod("uid-of-its-successor", "ztunnel", "node-a"), "its token is of a pod that was replaced" },
        { Own, KubernetesUnderTest.Pod("uid-z", "other", "node-a"), "its token is of a pod that was replaced" },
        { Own, KubernetesUnderTest.Pod("uid-z", "ztunnel", ""), "its own pod is on no node yet" },
        { Own, "{}", "its token is of a pod that was replaced" },
        { Beside, null, "there is no namespace shop" },
        { Beside, """{"items": []}""", "no pod with that account runs on node-a" },
        { Beside, "{}", "no pod with that account runs on node-a" },
        { Beside, $$"""{"items": [{{KubernetesUnderTest.Pod("2", "web", "node-b")}}]}""", "no pod with that account runs on node-a" },
        { Beside, $$"""{"items": [{{KubernetesUnderTest.Pod("2", "web", "node-a", "Failed")}}]}""", "no pod with that account runs on node-a" },
        { Beside, $$"""{"items": [{{KubernetesUnderTest.Pod("2", "web", "node-a", "Succeeded")}}]}""", "no pod with that account runs on node-a" },
        { Beside, $$"""{"items": [{{KubernetesUnderTest.Pod("2", "webber", "node-a")}}]}""", "no pod with that account runs on node-a" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Refuses_a_pod_that_does_not_run_beside_it(string path, string? answer, string expected)
    {
        _ = _kubernetes.Answers.TryRemove(path, out _);
        if (answer is not null)
        {
            _kubernetes.Answers[path] = answer;
        }

        Assert.Equal(expected, await ComplaintAsync(Ztunnel()));
    }

    [Fact]
    public async Task Refuses_while_Kubernetes_does_not_say()
    {
        _kubernetes.Status = HttpStatusCode.ServiceUnavailable;

        Assert.StartsWith("the Kubernetes API answered 503", await ComplaintAsync(Ztunnel()), StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _kubernetes.DisposeAsync();

    private static Caller Ztunnel() => new()
    {
        Description = "service account " + Node,
        Identities = [AuthorityUnderTest.Id(Node)],
        Pod = new CallerPod("istio-system", "ztunnel-x", "uid-z"),
    };

    private ValueTask<string?> ComplaintAsync(Caller caller) => _impersonation.ComplaintAsync(caller, AuthorityUnderTest.Web, CancellationToken.None);
}
