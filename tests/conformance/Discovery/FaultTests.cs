using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Intercept.Tests.Conformance.Peers;
using Intercept.Tests.Unit.Xds.Discovery;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Conformance.Discovery;

/// <summary>Servers that send nonsense, too much or nothing, and servers that go away.</summary>
public sealed class FaultTests
{
    private readonly RecordingReceiver _receiver = new();

    public FaultTests() => _receiver.Want(ResourceType.Cluster, Subscription.Wildcard);

    [Theory]
    [InlineData(true, "type.googleapis.com/x.Y", "0a0161", "response: type_url 'type.googleapis.com/x.Y' is not known here")]
    [InlineData(false, "type.googleapis.com/x.Y", "0a0161", "response: type_url 'type.googleapis.com/x.Y' is not known here")]
    [InlineData(false, "Cluster", "0a7f61", "Cluster '': value is not a message")]
    [InlineData(false, "Cluster", "", "Cluster '': name is missing")]
    public async Task Refuses_nonsense_and_lives(bool isDelta, string type, string hex, string refusal)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        await using var client = Start(server, options => options with { Delta = isDelta });
        await client.ExpectAsync(line => line.Contains("a=", StringComparison.Ordinal), "the cluster");
        await server.SendAsync(new { command = "send", type, version = "bad", resources = new[] { new { name = "n", version = "1", hex } } });

        var request = await server.ExpectRequestAsync(request => request.TryGetProperty("refusal", out _));

        Assert.StartsWith(refusal, request.GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Equal(["a"], _receiver.Versions(ResourceType.Cluster).Keys);
        await server.SetAsync("Cluster", "b");
        await client.ExpectAsync(line => line.Contains("b=", StringComparison.Ordinal), "the next cluster");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_a_name_that_stands_twice(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await using var client = Start(server, options => options with { Delta = isDelta });
        await client.ExpectAsync(line => line.StartsWith("Cluster", StringComparison.Ordinal), "the empty set");
        var twice = new { name = "a", version = "1", hex = "0a0161" };
        await server.SendAsync(new { command = "send", type = "Cluster", version = "bad", resources = new[] { twice, twice, new { name = "b", version = "1", hex = "0a0162" } } });

        await server.ExpectRequestAsync(request => request.TryGetProperty("refusal", out var refusal) && refusal.GetString()!.StartsWith("Cluster 'a': name stands twice", StringComparison.Ordinal));
        Assert.Equal(["b"], _receiver.Versions(ResourceType.Cluster).Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Says_that_nothing_comes_when_the_server_never_answers_and_goes_on_waiting(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SendAsync(new { command = "silence", on = true });
        await server.SetAsync("Cluster", "a");
        await using var client = Start(server, options => options with
        {
            Delta = isDelta,
            InitialFetchTimeouts = options.InitialFetchTimeouts.Add(ResourceType.Cluster, TimeSpan.FromMilliseconds(300)),
        });

        await client.ExpectAsync("absent Cluster *");
        Assert.False(client.Status.IsConnected);
        await server.SendAsync(new { command = "silence", on = false });
        await server.SetAsync("Cluster", "b");
        await client.ExpectAsync(line => line.Contains("b=", StringComparison.Ordinal), "what came late");
        Assert.Equal((true, 0), (client.Status.IsConnected, client.Status.Failures));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_nothing_of_a_response_in_which_the_server_dies_and_all_of_it_the_next_time(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", [.. Enumerable.Range(0, 20_000).Select(i => $"cluster-{i}")]);
        await server.SendAsync(new { command = "cut", bytes = 300_000 });
        await using var client = Start(server, options => options with { Delta = isDelta });

        await server.ExpectAsync("cut");
        await client.ExpectAsync(line => line.StartsWith("disconnected: ", StringComparison.Ordinal), "the disconnection");
        await client.ExpectAsync(_ => _receiver.Versions(ResourceType.Cluster).Count == 20_000, "all clusters");
        Assert.Single(_receiver.Lines, line => line.StartsWith("Cluster", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Takes_no_response_of_64_megabytes_says_so_and_keeps_what_it_has(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        await using var client = Start(server, options => options with { Delta = isDelta });
        await client.ExpectAsync(line => line.Contains("a=", StringComparison.Ordinal), "the cluster");
        await server.SendAsync(new { command = "send", type = "Cluster", version = "big", resources = new[] { new { name = "big", version = "1", size = 64 * 1024 * 1024 } } });

        await client.ExpectAsync("disconnected: ResourceExhausted: Received message exceeds the maximum configured message size.");
        await client.ExpectAsync(_ => client.Status.Streams == 2, "the next stream");
        Assert.Equal(["a"], _receiver.Versions(ResourceType.Cluster).Keys);
    }

    [Fact]
    public async Task Takes_what_its_limit_allows()
    {
        await using var server = await AdsServer.StartAsync();
        await using var client = Start(server, options => options with { Server = options.Server with { MaxMessageBytes = 1_000_000 } });
        await client.ExpectAsync("Cluster:");
        await SendSizeAsync(server, 999_000);
        await client.ExpectAsync("Cluster: big=1");
        await SendSizeAsync(server, 1_000_001);
        await client.ExpectAsync(line => line.StartsWith("disconnected: ResourceExhausted", StringComparison.Ordinal), "the disconnection");

        static Task SendSizeAsync(AdsServer server, int size) =>
            server.SendAsync(new { command = "send", type = "Cluster", resources = new[] { new { name = "big", version = "1", size } } });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Survives_bytes_that_are_no_response(bool isDelta)
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        await using var client = Start(server, options => options with { Delta = isDelta });
        await client.ExpectAsync(line => line.Contains("a=", StringComparison.Ordinal), "the cluster");
        await server.SendAsync(new { command = "garbage", hex = "127fff" });

        await client.ExpectAsync(line => line.StartsWith("disconnected: ", StringComparison.Ordinal), "the disconnection");
        await client.ExpectAsync(_ => client.Status.Streams == 2, "the next stream");
        Assert.Equal(["a"], _receiver.Versions(ResourceType.Cluster).Keys);
    }

    [Fact]
    public async Task Reads_no_further_from_a_server_that_does_not_read()
    {
        const int count = 10_000;
        await using var server = await AdsServer.StartAsync();
        await using var client = Start(server);
        await client.ExpectAsync("Cluster:");
        await server.SendAsync(new { command = "deafness", on = true });
        await server.SendAsync(new { command = "flood", type = "Cluster", count, size = 10 });
        await client.ExpectAsync(_ => client.Status.Responses > 1, "the flood");
        var read = await SettledAsync(() => client.Status.Responses);

        Assert.InRange(read, 2, count / 2);

        await server.SendAsync(new { command = "deafness", on = false });
        await client.ExpectAsync($"Cluster: flood-{count - 1}=1");
        await server.ExpectRequestAsync(request => request.GetProperty("nonce").GetString() == $"nonce-{count + 1}");

        static async Task<long> SettledAsync(Func<long> read)
        {
            var before = -1L;
            while (read() is var now && now != before)
            {
                before = now;
                await Task.Delay(TimeSpan.FromSeconds(1));
            }

            return before;
        }
    }

    [Fact]
    public async Task Answers_every_response_of_a_flood()
    {
        const int count = 3000;
        await using var server = await AdsServer.StartAsync();
        await using var client = Start(server);
        await client.ExpectAsync("Cluster:");
        await server.SendAsync(new { command = "flood", type = "Cluster", count, size = 1000 });
        await client.ExpectAsync($"Cluster: flood-{count - 1}=1");

        await server.ExpectRequestAsync(request => request.GetProperty("nonce").GetString() == $"nonce-{count + 1}");
        Assert.Equal(count + 1, server.Events("request").Count(request => request.GetProperty("nonce").GetString()!.Length > 0));
        await server.ExpectNoViolationAsync();
    }

    [Fact]
    public async Task Notices_a_connection_on_which_nothing_passes_any_more()
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        await using var client = Start(server, options => options with
        {
            Server = options.Server with { KeepAliveDelay = TimeSpan.FromSeconds(1), KeepAliveTimeout = TimeSpan.FromSeconds(1) },
        });
        await client.ExpectAsync("Cluster: a=1");
        await server.SendAsync(new { command = "freeze" });

        await client.ExpectAsync(line => line.StartsWith("disconnected: ", StringComparison.Ordinal), "the disconnection");
        await client.ExpectAsync(_ => client.Status.Streams == 2, "another stream");
    }

    [Fact]
    public async Task Tries_until_the_server_is_there()
    {
        await using var server = await AdsServer.StartAsync();
        await server.SetAsync("Cluster", "a");
        await server.SendAsync(new { command = "refuse", on = true });
        await using var client = Start(server);
        await client.ExpectAsync(_ => client.Status.Failures >= 3, "three failures");
        await server.SendAsync(new { command = "refuse", on = false });

        await client.ExpectAsync("Cluster: a=1");
    }

    [Theory]
    [InlineData(3600, 1)]
    [InlineData(0, 2)]
    public async Task Asks_a_server_without_delta_for_the_state_of_the_world_and_tries_delta_again_later(int seconds, int tries)
    {
        await using var server = await AdsServer.StartAsync(new { withoutDelta = true });
        await server.SetAsync("Cluster", "a");
        await using var client = Start(server, options => options with { DeltaRetry = TimeSpan.FromSeconds(seconds) });
        await client.ExpectAsync("Cluster whole: a=v1");
        Assert.False(client.Status.IsDelta);
        Assert.DoesNotContain(_receiver.Lines, line => line.StartsWith("disconnected", StringComparison.Ordinal));

        await server.SendAsync(new { command = "end", code = 14, details = "restart" });
        await client.ExpectAsync(_ => client.Status.Streams == 2, "another stream");
        Assert.Equal(tries, server.Events("without-delta").Count);
        await server.ExpectNoViolationAsync();
    }

    [Fact]
    public async Task Sends_nothing_in_the_clear_to_another_host()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(face => face.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address).First(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        using var listener = new TcpListener(own, 0);
        listener.Start();
        await using var client = new RunningClient(listener.LocalEndpoint.ToString()!, _receiver);
        using var accepted = await listener.AcceptTcpClientAsync();

        await client.ExpectAsync($"disconnected: {own} is not this host, and plaintext does not leave it; name a trust file for TLS");
        Assert.Equal(0, await accepted.GetStream().ReadAsync(new byte[1]));
    }

    private RunningClient Start(AdsServer server, Func<DiscoveryOptions, DiscoveryOptions>? change = null) => new(server.Address, _receiver, change);
}
