using Intercept.Control.Kubernetes;
using Intercept.Control.Manifests;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Kubernetes;

public sealed class KubernetesSourceTests : IAsyncLifetime
{
    private const string Policies = "peerauthentications";

    private readonly CancellationTokenSource _end = new();
    private FakeApiServer _server = null!;
    private ApiServer _client = null!;
    private KubernetesSource _source = null!;
    private Task _running = Task.CompletedTask;

    public async Task InitializeAsync() => _server = await FakeApiServer.StartAsync();

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        _client?.Dispose();
        await _server.DisposeAsync();
        _end.Dispose();
    }

    [Fact]
    public async Task Changes_of_objects_are_new_states()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        Assert.Equal(MtlsMode.Strict, (await Next()).PeerAuthentications[0].Mode);
        _server.Put(Policies, Policy("a", "PERMISSIVE"));
        Assert.Equal(MtlsMode.Permissive, (await Next()).PeerAuthentications[0].Mode);
        _server.Put(Policies, Policy("b", "DISABLE"));
        Assert.Equal(["a", "b"], (await Next()).PeerAuthentications.Select(policy => policy.Name));
        _server.Delete(Policies, "shop", "a");
        Assert.Equal("b", Assert.Single((await Next()).PeerAuthentications).Name);
    }

    [Fact]
    public async Task Pods_slices_and_services_become_endpoints()
    {
        _server.Put("services", """{"metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"10.96.0.1","selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":"web"}],"futureField":1}}""");
        _server.Put("pods", """{"metadata":{"name":"web-1","namespace":"shop","labels":{"app":"web","security.istio.io/tlsMode":"istio"},"managedFields":[{"manager":"kubelet"}]},"spec":{"serviceAccountName":"web-account","nodeName":"n1","containers":[{"name":"a","ports":[{"name":"web","containerPort":8080}]}]},"status":{"phase":"Running","podIPs":[{"ip":"10.1.0.7"}],"conditions":[{"type":"Ready","status":"True"}]}}""");
        _server.Put("endpointslices", """{"metadata":{"name":"web-x","namespace":"shop","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","ports":[{"name":"http","port":8080,"protocol":"TCP"}],"endpoints":[{"addresses":["10.1.0.7"],"conditions":{"ready":true},"targetRef":{"kind":"Pod","name":"web-1","namespace":"shop"},"zone":"z1"}]}""");
        Start();
        var model = await Next();
        var endpoint = Assert.Single(model.EndpointsOf(Assert.Single(model.Services)).Of(80));
        Assert.Equal(("10.1.0.7", 8080, "web-account", true, "/z1"), (endpoint.Address, endpoint.Port, endpoint.ServiceAccount, endpoint.IsMeshed, endpoint.Locality));
        Assert.Empty(_source.Status.Problems);
    }

    [Fact]
    public async Task A_list_of_several_pages_is_one_state()
    {
        _server.PageSize = 3;
        for (var i = 0; i < 10; i++)
        {
            _server.Put(Policies, Policy($"p{i}", "STRICT"));
        }

        Start();
        Assert.Equal(10, (await Next()).PeerAuthentications.Count);
        Assert.Equal(3, _server.Count($"/{Policies}?limit=500&continue="));
    }

    [Fact]
    public async Task A_connection_that_ends_is_taken_up_where_it_was()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        await Next();
        await _server.CutAsync();
        _server.Put(Policies, Policy("a", "DISABLE"));
        Assert.Equal(MtlsMode.Disable, (await Next()).PeerAuthentications[0].Mode);
        Assert.Equal(1, _server.Count($"/{Policies}?limit"));
    }

    [Fact]
    public async Task A_bookmark_is_where_the_next_watch_begins()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        await Next();
        _server.Bookmark(Policies);
        var watches = 0;
        await Until(() => _server.Count($"/{Policies}?watch=1&allowWatchBookmarks=true") > watches);

        // It may be cut before the bookmark was read, which then comes again.
        while (!_server.Requests.Any(request => request.Contains($"/{Policies}?watch", StringComparison.Ordinal) && request.EndsWith("&resourceVersion=102", StringComparison.Ordinal)))
        {
            Assert.True(++watches < 10, string.Join('\n', _server.Requests));
            await Task.Delay(200);
            await _server.CutAsync();
            await Until(() => _server.Count($"/{Policies}?watch") > watches);
        }

        Assert.Equal(1, _server.Count($"/{Policies}?limit"));
    }

    [Fact]
    public async Task After_410_everything_is_listed_again_and_no_deletion_is_missed()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        _server.Put(Policies, Policy("b", "STRICT"));
        Start();
        Assert.Equal(2, (await Next()).PeerAuthentications.Count);
        await Until(() => _server.Count("watch=1") == ManifestKinds.All.Length);

        // Nobody hears of the deletion: it happens while no watch is there, and is forgotten before one comes.
        await _server.CutAsync();
        _server.Delete(Policies, "shop", "a");
        _server.Compact();
        Assert.Equal("b", Assert.Single((await Next()).PeerAuthentications).Name);
        Assert.Equal(2, _server.Count($"/{Policies}?limit"));
    }

    [Fact]
    public async Task An_event_that_is_cut_in_its_middle_comes_again()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        await Next();
        await Until(() => _server.Count($"/{Policies}?watch") == 1);
        _server.Cuts = 2;
        _server.Put(Policies, Policy("a", "DISABLE"));
        Assert.Equal(MtlsMode.Disable, (await Next()).PeerAuthentications[0].Mode);
    }

    [Fact]
    public async Task An_event_that_comes_in_drops_is_one_event()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        await Next();
        _server.Trickle = TimeSpan.FromMilliseconds(20);
        _server.Put(Policies, Policy("a", "DISABLE"));
        Assert.Equal(MtlsMode.Disable, (await Next()).PeerAuthentications[0].Mode);
    }

    [Fact]
    public async Task A_line_that_is_no_event_ends_the_watch_and_no_change_is_missed()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        await Next();
        await Until(() => _server.Count($"/{Policies}?watch") == 1);
        _server.Say(Policies, "<html>");
        _server.Put(Policies, Policy("a", "DISABLE"));
        Assert.Equal(MtlsMode.Disable, (await Next()).PeerAuthentications[0].Mode);
        Assert.Equal((1, 2), (_server.Count($"/{Policies}?limit"), _server.Count($"/{Policies}?watch")));
    }

    [Fact]
    public async Task An_object_that_becomes_wrong_keeps_its_last_good_version_and_is_seen()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        _server.Put(Policies, Policy("b", "STRICT"));
        Start();
        await Next();
        _server.Put(Policies, Policy("a", "OFF"));
        _server.Put(Policies, Policy("b", "DISABLE"));
        var model = await Next();
        Assert.Equal([MtlsMode.Strict, MtlsMode.Disable], model.PeerAuthentications.Select(policy => policy.Mode));
        Assert.Equal("PeerAuthentication shop/a: spec.mtls.mode 'OFF'", Assert.Single(_source.Status.Problems).ToString()[..47]);
        _server.Delete(Policies, "shop", "a");
        Assert.Single((await Next()).PeerAuthentications);
        Assert.Empty(_source.Status.Problems);
    }

    [Fact]
    public async Task A_kind_that_is_not_installed_is_no_obstacle()
    {
        foreach (var kind in ManifestKinds.All.Where(kind => !kind.IsCore))
        {
            _server.Absent[kind.Plural] = true;
        }

        _server.Put("namespaces", """{"metadata":{"name":"shop"}}""");
        Start();
        Assert.Equal(["shop"], (await Next()).Namespaces.Keys);
        Assert.Empty(_source.Status.Problems);
        Assert.Equal(1, _source.Status.Generation);

        // Older Istio serves no v1: each version was asked for.
        Assert.True(_server.Count("/apis/networking.istio.io/v1alpha3/sidecars?limit") > 0);
    }

    [Fact]
    public async Task Nothing_is_offered_while_a_kind_may_not_be_read()
    {
        _server.Put("namespaces", """{"metadata":{"name":"shop"}}""");
        _server.Forbidden[Policies] = true;
        Start();
        await Until(() => !_source.Status.Problems.IsEmpty);
        Assert.Contains("403 Forbidden: peerauthentications is not for you", Assert.Single(_source.Status.Problems).Why, StringComparison.Ordinal);
        Assert.False(_source.Models.TryRead(out _));
        _server.Forbidden.Clear();
        Assert.Equal(["shop"], (await Next()).Namespaces.Keys);
        Assert.Empty(_source.Status.Problems);
    }

    [Fact]
    public async Task What_is_known_stays_in_force_while_the_server_is_away()
    {
        _server.Put(Policies, Policy("a", "STRICT"));
        Start();
        await Next();
        foreach (var kind in ManifestKinds.All)
        {
            _server.Forbidden[kind.Plural] = true;
        }

        await _server.CutAsync();
        await Until(() => _source.Status.Problems.Length == ManifestKinds.All.Length);
        Assert.Equal(1, _source.Status.Generation);
        Assert.False(_source.Models.TryRead(out _));
        _server.Put(Policies, Policy("a", "DISABLE"));
        _server.Forbidden.Clear();
        Assert.Equal(MtlsMode.Disable, (await Next()).PeerAuthentications[0].Mode);
        await Until(() => _source.Status.Problems.IsEmpty);
    }

    [Fact]
    public async Task A_kubeconfig_says_where_the_server_is_and_who_asks()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, $$"""
            apiVersion: v1
            kind: Config
            current-context: here
            clusters: [{name: c, cluster: {server: "{{_server.Configuration.Host}}" } }]
            users: [{name: u, user: {token: token} }]
            contexts: [{name: here, context: {cluster: c, user: u} }]
            """);
        _server.Put(Policies, Policy("a", "STRICT"));
        Start(ApiServer.FromKubeconfig(path, null));
        Assert.Single((await Next()).PeerAuthentications);
        File.Delete(path);
    }

    private static string Policy(string name, string mode) =>
        $$"""{ "metadata": {"name":"{{name}}","namespace":"shop"},"spec":{"mtls":{"mode":"{{mode}}"} } }""";

    private void Start(ApiServer? client = null)
    {
        _client = client ?? new ApiServer(_server.Configuration);
        _source = new KubernetesSource(_client, MeshOptions.Default, TimeProvider.System, NullLogger.Instance);
        _running = _source.RunAsync(_end.Token);
    }

    private async Task<MeshModel> Next()
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        return await _source.Models.ReadAsync(limit.Token);
    }

    private static async Task Until(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(Patience.WithATask);
        while (!holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
