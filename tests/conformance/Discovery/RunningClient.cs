using System.Diagnostics;
using Intercept.Tests.Unit.Xds.Discovery;
using Intercept.Xds.Discovery;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Conformance.Discovery;

/// <summary>A client with a receiver that writes down, against a server of the tests.</summary>
internal sealed class RunningClient : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly DiscoveryClient _client;
    private readonly Task _running;

    /// <param name="change">Of the options, which else are those of a proxy with pauses for the impatient.</param>
    public RunningClient(string address, RecordingReceiver receiver, Func<DiscoveryOptions, DiscoveryOptions>? change = null)
    {
        Receiver = receiver;
        var options = new DiscoveryOptions
        {
            Server = new ServerOptions { Address = ServerAddress.TryParse(address)! },
            Node = new() { Id = "sidecar~10.0.0.1~a.b~b.svc.cluster.local" },
            FirstBackoff = TimeSpan.FromMilliseconds(50),
        };
        _client = new DiscoveryClient(change?.Invoke(options) ?? options, receiver, TimeProvider.System, NullLogger.Instance);
        _running = _client.RunAsync(_stop.Token);
    }

    public RecordingReceiver Receiver { get; }

    public DiscoveryStatus Status => _client.Status;

    public void Want(ResourceType type, params string[] names)
    {
        Receiver.Want(type, names);
        _client.WantedChanged();
    }

    /// <summary>Until the receiver has been told so.</summary>
    public Task<string> ExpectAsync(string line) => ExpectAsync(told => told == line, line);

    public async Task<string> ExpectAsync(Func<string, bool> isMeant, string what)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            if (Receiver.Lines.LastOrDefault(isMeant) is { } line)
            {
                return line;
            }

            Assert.False(_running.IsCompleted, "the client ended");
            Assert.True(deadline.Elapsed < Patience.WithATask, $"no '{what}' came; what came:\n{string.Join('\n', Receiver.Lines)}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();

        // A client that is asked to stop stops, whatever its server does.
        await _running.WaitAsync(Patience.WithATask);
        _stop.Dispose();
    }
}
