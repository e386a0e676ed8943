using System.Diagnostics;
using Grpc.Net.Client;
using Xunit.Abstractions;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>Many proxies, and several control planes.</summary>
public sealed class ManyProxiesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Proxies = 500;

    // Proxies of one machine do not share a connection; with Kestrel's 100 streams a connection these do, ten on each.
    private const int ProxiesOfAConnection = 10;

    private readonly EchoMesh _mesh = new();
    private readonly List<IDisposable> _open = [];

    public Task InitializeAsync()
    {
        _mesh.Write("127.0.0.2", "127.0.0.3");
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Takes_500_proxies_that_come_back_at_once_after_it_was_killed_and_sends_them_nothing_that_they_have()
    {
        await using var plane = await RunningControlPlane.StartAsync(_mesh.Manifests, _mesh.StateOf("one"));
        var proxies = Connections(plane).SelectMany((channel, number) =>
            Enumerable.Range(0, ProxiesOfAConnection).Select(i => new SimulatedProxy(channel, $"web-{number}-{i}"))).ToList();
        await ConnectAllAsync(proxies, "first");
        var before = proxies.Select(proxy => proxy.Received).ToList();
        Assert.All(before, received => Assert.InRange(received, 3, int.MaxValue));

        await plane.KillAsync();
        await plane.StartAsync();
        await ConnectAllAsync(proxies, "again");
        Assert.Equal(before, proxies.Select(proxy => proxy.Received));
        output.WriteLine($"resident: {ResidentOf(plane.ProcessId)}");
        Assert.Equal(Proxies, (await plane.StatusAsync()).GetProperty("proxies").GetArrayLength());
    }

    [Fact]
    public async Task Says_the_same_as_another_control_plane_with_the_same_manifests()
    {
        await using var one = await RunningControlPlane.StartAsync(_mesh.Manifests, _mesh.StateOf("one"));
        await using var other = await RunningControlPlane.StartAsync(_mesh.Manifests, _mesh.StateOf("other"));
        using var patience = new CancellationTokenSource(Patience.WithATask);
        var (first, second) = (new SimulatedProxy(Connect(one), "web"), new SimulatedProxy(Connect(other), "web"));
        _open.Add(await first.ConnectAsync(patience.Token));
        _open.Add(await second.ConnectAsync(patience.Token));
        Assert.NotEmpty(first.Has);
        Assert.Equal(first.Has, second.Has);
    }

    public Task DisposeAsync()
    {
        _open.Reverse();
        _open.ForEach(open => open.Dispose());
        _mesh.Dispose();
        return Task.CompletedTask;
    }

    private async Task ConnectAllAsync(List<SimulatedProxy> proxies, string when)
    {
        using var patience = new CancellationTokenSource(Patience.WithATask);
        var began = Stopwatch.StartNew();
        _open.AddRange(await Task.WhenAll(proxies.Select(proxy => proxy.ConnectAsync(patience.Token))));
        output.WriteLine($"{when}: {proxies.Count} proxies in {began.Elapsed.TotalSeconds:0.00} s, {proxies.Count / began.Elapsed.TotalSeconds:0} a second");
    }

    private IEnumerable<GrpcChannel> Connections(RunningControlPlane plane) =>
        Enumerable.Range(0, Proxies / ProxiesOfAConnection).Select(_ => Connect(plane));

    private GrpcChannel Connect(RunningControlPlane plane)
    {
        var channel = GrpcChannel.ForAddress($"http://{plane.Plaintext}", new GrpcChannelOptions { MaxReceiveMessageSize = null });
        _open.Add(channel);
        return channel;
    }

    private static string ResidentOf(int process) => File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
}
