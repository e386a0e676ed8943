using Intercept.Tests.Conformance.Peers;
using Intercept.Tests.Unit.Xds.Discovery;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Conformance.Discovery;

/// <summary>A server that is not ours feeds the client, with delta and with the state of the world.</summary>
public sealed class FeedingTests
{
    private readonly RecordingReceiver _receiver = new();

    [Fact]
    public async Task Lets_go_of_what_has_a_time_to_live_when_its_server_is_gone()
    {
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        var server = await AdsServer.StartAsync();
        await server.SendAsync(new
        {
            command = "set",
            type = "Cluster",
            resources = new object[] { new { name = "kept", body = new { } }, new { name = "mortal", body = new { }, ttl = new { seconds = 3 } } },
        });
        await using var client = new RunningClient(server.Address, _receiver);
        await client.ExpectAsync("Cluster: kept=1 mortal=1");
        await server.SendAsync(new { command = "heartbeat", type = "Cluster", names = new[] { "mortal" } });
        await server.ExpectNoViolationAsync();
        await server.DisposeAsync();

        await client.ExpectAsync("Cluster: -mortal");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Asks_for_endpoints_when_clusters_came_and_acknowledges_both(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a", "b");
        await server.SetAsync("Endpoint", "a", "b");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        _receiver.Received = batch =>
        {
            if (batch.Type == ResourceType.Cluster)
            {
                _receiver.Want(ResourceType.Endpoint, [.. batch.Updated.Select(cluster => cluster.Name)]);
            }
        };
        await using var client = Start(server, isDelta);

        Assert.Equal("Endpoint: a b", Names(await client.ExpectAsync(line => line.StartsWith("Endpoint", StringComparison.Ordinal), "Endpoint")));
        Assert.Equal(isDelta ? "Cluster: a b" : "Cluster whole: a b", Names(client.Receiver.Lines[1]));
        Assert.Equal("connected to ads-server.js", client.Receiver.Lines[0]);
        await ExpectAnswerAsync(server, "Cluster");
        await ExpectAnswerAsync(server, "Endpoint");
        await server.ExpectNoViolationAsync();
        Assert.Equal((true, isDelta, "ads-server.js", 2L, 0L), (client.Status.IsConnected, client.Status.IsDelta, client.Status.ControlPlane, client.Status.Responses, client.Status.Refusals));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_told_of_changes_and_of_removals(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a", "b");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        await using var client = Start(server, isDelta);
        await ExpectAnswerAsync(server, "Cluster");

        await server.SetAsync("Cluster", "b");
        await client.ExpectAsync(isDelta ? "Cluster: b=2" : "Cluster whole: a=v2 b=v2");
        await server.SendAsync(new { command = "remove", type = "Cluster", names = new[] { "a" } });
        await client.ExpectAsync(isDelta ? "Cluster: -a" : "Cluster whole: b=v3");

        Assert.Equal(["b"], _receiver.Versions(ResourceType.Cluster).Keys);
        await server.ExpectNoViolationAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_with_every_reason_keeps_what_is_good_and_accepts_the_next(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        _receiver.Refused["b"] = "is wrong";
        _receiver.Refused["c"] = "is worse";
        await using var client = Start(server, isDelta);
        await ExpectAnswerAsync(server, "Cluster");

        await server.SetAsync("Cluster", "b", "c", "d");
        var refusal = await server.ExpectRequestAsync(request => request.TryGetProperty("refusal", out _));

        Assert.Equal("Cluster 'b': field is wrong; Cluster 'c': field is worse", refusal.GetProperty("refusal").GetString());
        Assert.Equal(3, refusal.GetProperty("code").GetInt32());
        Assert.Equal(isDelta ? null : "v1", refusal.TryGetProperty("version", out var version) ? version.GetString() : null);
        Assert.Equal(["a", "d"], _receiver.Versions(ResourceType.Cluster).Keys.Order());

        await server.SendAsync(new { command = "remove", type = "Cluster", names = new[] { "b", "c" } });
        await client.ExpectAsync(isDelta ? "Cluster: -b -c" : "Cluster whole: a=v3 d=v3");
        await server.ExpectNoViolationAsync();
        Assert.Equal((1, refusal.GetProperty("refusal").GetString()), (client.Status.Refusals, client.Status.LastRefusal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Comes_back_with_what_it_has_and_loses_nothing(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        await server.SetAsync("Endpoint", "a");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        _receiver.Want(ResourceType.Endpoint, "a");
        await using var client = Start(server, isDelta);
        await ExpectAnswerAsync(server, "Cluster");
        await ExpectAnswerAsync(server, "Endpoint");
        await server.SendAsync(new { command = "end", code = 14, details = "the server restarts" });

        await client.ExpectAsync("disconnected: Unavailable: the server restarts");
        var second = (await server.ExpectAsync("stream", stream => stream.GetProperty("id").GetInt32() == 2)).GetProperty("id").GetInt32();
        foreach (var type in (string[])["Cluster", "Endpoint"])
        {
            var request = await server.ExpectRequestAsync(request => request.GetProperty("id").GetInt32() == second && request.GetProperty("type").GetString() == type);
            Assert.Equal("", request.GetProperty("nonce").GetString());
            Assert.Equal(
                isDelta ? type == "Cluster" ? "1" : "2" : "v2",
                isDelta ? request.GetProperty("has").GetProperty("a").GetString() : request.GetProperty("version").GetString());
        }

        await server.SetAsync("Cluster", "c");
        await client.ExpectAsync(line => line.Contains("c=", StringComparison.Ordinal), "the new cluster");

        Assert.Equal(["a", "c"], _receiver.Versions(ResourceType.Cluster).Keys.Order());
        Assert.Equal(["a"], _receiver.Versions(ResourceType.Endpoint).Keys);
        Assert.DoesNotContain(_receiver.Lines, line => line.Contains('-', StringComparison.Ordinal) && line.Contains(": -", StringComparison.Ordinal));
        await server.ExpectNoViolationAsync();
        Assert.Equal((2, 1, "Unavailable: the server restarts"), (client.Status.Streams, client.Status.Failures, client.Status.LastFailure));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Comes_to_what_the_server_has_although_its_requests_and_the_responses_cross(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        string[] names = [.. Enumerable.Range(0, 50).Select(i => $"e{i}")];
        await server.SetAsync("Endpoint", names);
        _receiver.Want(ResourceType.Endpoint, "e0");
        await using var client = Start(server, isDelta);
        for (var count = 1; count <= names.Length; count++)
        {
            // A stale nonce, where the server is quicker than the answer.
            client.Want(ResourceType.Endpoint, names[..count]);
            await server.SetAsync("Endpoint", "e0");
        }

        await client.ExpectAsync(_ => _receiver.Versions(ResourceType.Endpoint).Count == names.Length, "every endpoint");
        await client.ExpectAsync(line => line.Contains(isDelta ? "e0=51" : "e0=v51", StringComparison.Ordinal), "the newest e0");
        await server.ExpectNoViolationAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Overlooks_what_comes_out_of_order_and_what_it_did_not_ask_for(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);
        await using var client = Start(server, isDelta);
        await ExpectAnswerAsync(server, "Cluster");

        // Endpoints before anybody asked for them, twice.
        await SendAsync(server, "Endpoint", new { name = "a", version = "1", hex = "0a0161" });
        await SendAsync(server, "Endpoint", new { name = "a", version = "2", hex = "0a0161" });
        await server.ExpectRequestAsync(request => request.GetProperty("type").GetString() == "Endpoint");
        Assert.DoesNotContain(_receiver.Lines, line => line.StartsWith("Endpoint", StringComparison.Ordinal));

        await server.SetAsync("Endpoint", "a");
        client.Want(ResourceType.Endpoint, "a");
        await client.ExpectAsync(line => line.StartsWith("Endpoint", StringComparison.Ordinal), "the endpoint");
    }

    private static Task SendAsync(AdsServer server, string type, params object[] resources) =>
        server.SendAsync(new { command = "send", type, version = "raw", resources });

    /// <summary>Until the client has answered a response of the type.</summary>
    private static Task ExpectAnswerAsync(AdsServer server, string type) =>
        server.ExpectRequestAsync(request => request.GetProperty("type").GetString() == type && request.GetProperty("nonce").GetString()!.Length > 0);

    // A line without its versions.
    private static string Names(string line) => string.Join(' ', line.Split(' ').Select(word => word.Split('=')[0]));

    private RunningClient Start(AdsServer server, bool isDelta) => new(server.Address, _receiver, options => options with { Delta = isDelta });
}
