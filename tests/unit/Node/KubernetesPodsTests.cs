using Intercept.Node.Agent;
using Intercept.Node.Pods;
using Intercept.Tests.Unit.Control.Kubernetes;
using Intercept.Tests.Unit.Proxy;

namespace Intercept.Tests.Unit.Node;

/// <summary>The pods of a node over real HTTP.</summary>
public sealed class KubernetesPodsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _account = new();
    private readonly StringWriter _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PodStore _store = new();
    private FakeApiServer _api = null!;
    private ApiServer _server = null!;
    private KubernetesPods _pods = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _api = await FakeApiServer.StartAsync();
        await File.WriteAllTextAsync(_account["token"], "token\n");
        _server = new ApiServer(new Uri(_api.Configuration.Host), Path.GetDirectoryName(_account["token"])!);
        _pods = new KubernetesPods(_server, "node-1", new AgentLog(TextWriter.Synchronized(_log), isJson: false, TimeProvider.System), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(Patience.WithATask));
        _server.Dispose();
        await _api.DisposeAsync();
        _stop.Dispose();
        _account.Dispose();
        await _log.DisposeAsync();
    }

    [Fact]
    public async Task Pods_are_listed_page_by_page_and_followed_from_there()
    {
        _api.PageSize = 2;
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            Put(name);
        }

        Put("of-the-host", """{"hostNetwork":true,"containers":[{"name":"x"}]}""");
        await RunUntilAsync(() => _store.Missing is null);
        Assert.Equal("a b c d e", Names());
        Assert.All(_api.Requests, request => Assert.StartsWith("/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1&", request, StringComparison.Ordinal));

        Put("f");
        _api.Delete("pods", "shop", "a");
        Put("b", """{"initContainers":[{"name":"istio-init"}],"containers":[{"name":"istio-proxy"}]}""");

        await UntilAsync(() => Names() == "b c d e f" && _store.Find("shop", "b", "")!.Containers.Length == 2);
        Assert.Equal("istio-init istio-proxy", string.Join(' ', _store.Find("shop", "b", "")!.Containers));
        Assert.Equal("web", _store.Find("shop", "f", "uid-f")!.Labels["app"]);
        Assert.Null(_store.Find("shop", "f", "uid-of-another"));
    }

    [Fact]
    public async Task A_watch_that_breaks_is_taken_up_where_it_was()
    {
        Put("a");
        await RunUntilAsync(() => _store.Missing is null && _api.Count("watch=1") > 0);
        var lists = _api.Count("limit=");

        await _api.CutAsync();
        Put("b");

        await UntilAsync(() => Names() == "a b");
        Assert.Equal(lists, _api.Count("limit="));
    }

    [Fact]
    public async Task A_version_that_the_server_has_forgotten_begins_anew()
    {
        Put("a");
        await RunUntilAsync(() => _store.Missing is null && _api.Count("watch=1") > 0);

        _api.Delete("pods", "shop", "a");
        Put("b");
        _api.Compact();
        await _api.CutAsync();

        await UntilAsync(() => Names() == "b");
    }

    [Fact]
    public async Task What_may_not_be_read_is_said_and_no_question_is_answered()
    {
        _api.Forbidden["pods"] = true;

        await RunUntilAsync(() => _store.Missing?.Contains("403", StringComparison.Ordinal) == true);

        Assert.Contains("permission needed: list and watch pods", _store.Missing, StringComparison.Ordinal);
        _api.Forbidden.Clear();
        await UntilAsync(() => _store.Missing is null);
    }

    private void Put(string name, string spec = """{"containers":[{"name":"web"},{"name":"intercept-proxy"}]}""") => _api.Put(
        "pods", $$"""{"metadata":{"namespace":"shop","name":"{{name}}","uid":"uid-{{name}}","labels":{"app":"web"},"resourceVersion":"0"},"spec":{{spec}}}""");

    private string Names() => string.Join(' ', _store.All.Select(pod => pod.Identity.Name).Order(StringComparer.Ordinal));

    private Task RunUntilAsync(Func<bool> condition)
    {
        _running = _pods.RunAsync(_store, _stop.Token);
        return UntilAsync(condition);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"never came to it: {Names()}; {_store.Missing}\n{_log}");
            await Task.Delay(20);
        }
    }
}
