using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Intercept.Control.Metrics;
using Intercept.Control.Serving.Callers;
using Intercept.Control.Serving.Streams;
using Intercept.Core.Identity;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

public sealed class StreamTests
{
    [Fact]
    public async Task Sends_what_is_there_and_then_what_changed()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1 b=1 | lds l=1");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1 b=1", await proxy.TakeAsync());
        await proxy.SubscribeAsync(ResourceType.Listener);
        Assert.Equal("l=1", await proxy.TakeAsync());
        server.Change("cds a=1 b=2 | lds l=1");
        Assert.Equal("b=2", await proxy.TakeAsync());
    }

    [Fact]
    public async Task Speaks_state_of_the_world_as_well()
    {
        await using var server = await ServerUnderTest.StartAsync("lds a=1 b=1");
        using var call = server.Client().StreamAggregatedResources();
        var request = new DiscoveryRequest { TypeUrl = TypeUrls.Of(ResourceType.Listener), Node = DeltaProxy.NodeOf("web") };
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience.WithATask));
        Assert.Equal(["a=1", "b=1"], call.ResponseStream.Current.Resources.Select(resource => resource.Value.ToStringUtf8()));
    }

    [Fact]
    public async Task Sends_a_slow_proxy_the_newest_state_and_nothing_between()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=0");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        var first = await proxy.ReadAsync();
        for (var i = 1; i <= 1000; i++)
        {
            server.Change($"cds a={i}");
        }

        // At most one besides: that which the server was about to look at when the answer came.
        await proxy.AcknowledgeAsync(first);
        var taken = await proxy.TakeAsync();
        Assert.Equal("a=1000", taken == "a=1000" ? taken : await proxy.TakeAsync());
    }

    [Fact]
    public async Task Waits_for_the_first_model_and_sends_no_empty_world_before_it()
    {
        await using var server = await ServerUnderTest.StartAsync("");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        await UntilAsync(() => server.Proxies.Count == 1);
        server.Change("cds a=1");
        Assert.Equal("a=1", await proxy.TakeAsync());
    }

    [Fact]
    public async Task Tells_a_proxy_to_come_back_when_no_model_comes()
    {
        await using var server = await ServerUnderTest.StartAsync("", new ServingOptions { FirstModel = TimeSpan.FromMilliseconds(50) });
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal(StatusCode.Unavailable, (await proxy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Refuses_a_first_request_without_a_node()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var proxy = new DeltaProxy(server.Client(), null);
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal(StatusCode.InvalidArgument, (await proxy.EndAsync()).StatusCode);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("waypoint~10.0.0.1~web.shop~shop.svc.cluster.local")]
    [InlineData("sidecar~nowhere~web.shop~shop.svc.cluster.local")]
    [InlineData("sidecar~10.0.0.1~web~shop.svc.cluster.local")]
    public async Task Refuses_a_node_that_is_not_of_its_form(string id)
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var proxy = new DeltaProxy(server.Client(), new() { Id = id });
        await proxy.SubscribeAsync(ResourceType.Cluster);
        var end = await proxy.EndAsync();
        Assert.Equal(StatusCode.InvalidArgument, end.StatusCode);
        Assert.Contains(id, end.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_a_stream_on_which_nobody_says_who_it_is()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1", new ServingOptions { Introduction = TimeSpan.FromMilliseconds(50) });
        using var proxy = new DeltaProxy(server.Client(), null);
        Assert.Equal(StatusCode.DeadlineExceeded, (await proxy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Refuses_a_caller_that_nobody_knows()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1", caller: Caller.Refused("uid 7 is nobody here"));
        using var proxy = new DeltaProxy(server.SocketClient(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        var end = await proxy.EndAsync();
        Assert.Equal(StatusCode.Unauthenticated, end.StatusCode);
        Assert.DoesNotContain("uid 7", end.Detail, StringComparison.Ordinal);
        Assert.Contains("uid 7", server.LogText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop", null, true)]
    [InlineData("shop", "web", true)]
    [InlineData("shop", "pay", false)]
    [InlineData("bank", "web", false)]
    [InlineData("bank", null, false)]
    public async Task Lets_a_node_be_only_what_its_caller_is(string @namespace, string? account, bool isLetIn)
    {
        Assert.True(SpiffeId.TryParse("spiffe://cluster.local/ns/shop/sa/web", out var identity));
        await using var server = await ServerUnderTest.StartAsync("cds a=1", caller: new Caller { Description = "web", Identities = [identity] });
        using var proxy = new DeltaProxy(server.SocketClient(), DeltaProxy.NodeOf("web", @namespace, account));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        if (!isLetIn)
        {
            Assert.Equal(StatusCode.PermissionDenied, (await proxy.EndAsync()).StatusCode);
            return;
        }

        Assert.Equal("a=1", await proxy.TakeAsync());
        Assert.Equal("web", Assert.Single(server.Proxies.All).Node.ServiceAccount);
    }

    [Fact]
    public async Task Lets_a_pods_token_speak_for_that_pod_alone()
    {
        Assert.True(SpiffeId.TryParse("spiffe://cluster.local/ns/shop/sa/web", out var identity));
        var caller = new Caller { Description = "web-1", Identities = [identity], Pod = new CallerPod("shop", "web-1", "uid") };
        await using var server = await ServerUnderTest.StartAsync("cds a=1", caller: caller);
        using var own = new DeltaProxy(server.SocketClient(), DeltaProxy.NodeOf("web-1"));
        await own.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1", await own.TakeAsync());
        using var other = new DeltaProxy(server.SocketClient(), DeltaProxy.NodeOf("web-2"));
        await other.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal(StatusCode.PermissionDenied, (await other.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Takes_no_more_proxies_than_it_may()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1", new ServingOptions { Streams = 1 });
        using (var first = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("one")))
        {
            await first.SubscribeAsync(ResourceType.Cluster);
            Assert.Equal("a=1", await first.TakeAsync());
            using var second = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("two"));
            await second.SubscribeAsync(ResourceType.Cluster);
            Assert.Equal(StatusCode.Unavailable, (await second.EndAsync()).StatusCode);
        }

        await UntilAsync(() => server.Proxies.Count == 0);
        using var third = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("three"));
        await third.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1", await third.TakeAsync());
    }

    [Fact]
    public async Task Ends_a_stream_that_asks_for_too_much()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1", new ServingOptions { Session = new() { NamesOfAType = 2 } });
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Endpoint, "a", "b", "c");
        Assert.Equal(StatusCode.ResourceExhausted, (await proxy.EndAsync()).StatusCode);
        await UntilAsync(() => server.Proxies.Count == 0);
    }

    [Fact]
    public async Task Takes_no_message_over_the_limit()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1", new ServingOptions { RequestLength = 1000 });
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Endpoint, new string('a', 2000));
        Assert.Equal(StatusCode.ResourceExhausted, (await proxy.EndAsync()).StatusCode);
    }

    [Fact]
    public async Task Serves_500_proxies_that_come_at_once_and_generates_once_for_those_that_are_alike()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1 b=1 | lds l=1");
        var clients = Enumerable.Range(0, 10).Select(_ => server.Client()).ToList();
        var proxies = Enumerable.Range(0, 500).Select(i => new DeltaProxy(clients[i % 10], DeltaProxy.NodeOf($"web-{i}", $"ns-{i % 5}"))).ToList();
        await Task.WhenAll(proxies.Select(async proxy =>
        {
            await proxy.SubscribeAsync(ResourceType.Cluster);
            Assert.Equal("a=1 b=1", await proxy.TakeAsync());
            await proxy.SubscribeAsync(ResourceType.Listener);
            Assert.Equal("l=1", await proxy.TakeAsync());
        })).WaitAsync(Patience.WithATask);
        Assert.Equal(5, server.Generator.Runs);
        Assert.Equal(500, server.Proxies.Count);

        server.Change("cds a=1 b=2 | lds l=1");
        Assert.All(await Task.WhenAll(proxies.Select(proxy => proxy.TakeAsync())), text => Assert.Equal("b=2", text));
        Assert.Equal(10, server.Generator.Runs);
        await UntilAsync(() => server.Proxies.All.All(proxy => proxy.Generation == 2));
        proxies.ForEach(proxy => proxy.Dispose());
    }

    [Fact]
    public async Task Tells_every_proxy_to_come_back_when_it_ends()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1", await proxy.TakeAsync());
        await server.Proxies.CloseAsync("the control plane ends", TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var end = await proxy.EndAsync();
        Assert.Equal((StatusCode.Unavailable, "the control plane ends"), (end.StatusCode, end.Detail));
        using var late = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("late"));
        await late.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal(StatusCode.Unavailable, (await late.EndAsync()).StatusCode);
        await server.StopAsync().WaitAsync(Patience.WithATask);
    }

    [Fact]
    public async Task Counts_what_it_sends_and_what_is_refused()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        await proxy.RejectAsync(await proxy.ReadAsync(), "a is\nwrong");
        await UntilAsync(() => server.Proxies.All.SelectMany(one => one.Types).Any(type => type.Rejection is not null));
        var text = PrometheusText.Of(server.Metrics);
        Assert.Contains("pilot_xds_pushes{type=\"cds\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("pilot_xds_cds_reject 1\n", text, StringComparison.Ordinal);
        Assert.Contains("pilot_total_xds_rejects{type=\"cds\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("web.shop~shop.svc.cluster.local refused cds: a is\\nwrong", server.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_the_stream_when_the_proxy_has_nothing_more_to_ask()
    {
        await using var server = await ServerUnderTest.StartAsync("cds a=1");
        using var proxy = new DeltaProxy(server.Client(), DeltaProxy.NodeOf("web"));
        await proxy.SubscribeAsync(ResourceType.Cluster);
        Assert.Equal("a=1", await proxy.TakeAsync());
        await proxy.CompleteAsync();
        Assert.Equal(StatusCode.OK, (await proxy.EndAsync()).StatusCode);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience.WithATask);
        while (!condition())
        {
            await Task.Delay(10, late.Token);
        }
    }
}
