using System.Diagnostics;
using System.Text.Json;

namespace Intercept.Tests.Conformance.Peers;

/// <summary>peers/ads-server.js, run as a program. It lives as long as its standard input.</summary>
internal sealed class AdsServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<JsonElement> _events = [];
    private readonly Task _reading;
    private int _pings;

    private AdsServer(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    public string Address { get; private set; } = "";

    /// <param name="options">As the head of the script describes them.</param>
    public static async Task<AdsServer> StartAsync(object? options = null)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(NodePackages.Scripts, "ads-server.js"), JsonSerializer.Serialize(options ?? new { })])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["NODE_PATH"] = await NodePackages.FolderAsync() },
        };
        var server = new AdsServer(Process.Start(start)!);
        server.Address = (await server.ExpectAsync("listening")).GetProperty("address").GetString()!;
        return server;
    }

    public async Task SendAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync();
    }

    public Task SetAsync(string type, params string[] names) =>
        SendAsync(new { command = "set", type, resources = names.Select(name => new { name, body = new { } }) });

    /// <summary>Waits until an event has come, and gives it; one that came before counts.</summary>
    public async Task<JsonElement> ExpectAsync(string name, Func<JsonElement, bool>? isMeant = null)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            foreach (var happened in Events(name))
            {
                if (isMeant?.Invoke(happened) ?? true)
                {
                    return happened;
                }
            }

            Assert.False(_reading.IsCompleted, $"the ADS server ended before it told of '{name}'");
            Assert.True(deadline.Elapsed < Patience.WithATask, $"no '{name}' came; what came: {string.Join('\n', Events())}");
            await Task.Delay(10);
        }
    }

    public Task<JsonElement> ExpectRequestAsync(Func<JsonElement, bool> isMeant) => ExpectAsync("request", isMeant);

    public List<JsonElement> Events(string? name = null)
    {
        lock (_events)
        {
            return [.. _events.Where(happened => name is null || happened.GetProperty("event").GetString() == name)];
        }
    }

    /// <summary>The client has kept to the protocol in everything that arrived up to now.</summary>
    public async Task ExpectNoViolationAsync()
    {
        var id = ++_pings;
        await SendAsync(new { command = "ping", id });
        await ExpectAsync("pong", pong => pong.GetProperty("id").GetInt32() == id);
        Assert.Empty(Events("violation"));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var happened = JsonDocument.Parse(line).RootElement;
            lock (_events)
            {
                _events.Add(happened);
            }
        }
    }
}
