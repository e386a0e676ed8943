using System.Diagnostics;
using System.Text.Json;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>meet.py serve in a namespace and a cgroup. It lives as long as its standard input.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;
    private bool _ended;

    private Server(Process process) => _process = process;

    public static Task<Server> StartAsync(string netns, string? cgroup, params IEnumerable<(string Name, string Address, int Port)> listeners) =>
        StartAsync(netns, cgroup, asked: false, listeners);

    /// <param name="asked">Whether the caller has to say something first.</param>
    public static Task<Server> StartAsync(
        string netns, string? cgroup, bool asked, IEnumerable<(string Name, string Address, int Port)> listeners) => StartAsync(
            netns, cgroup, JsonSerializer.Serialize(
                listeners.Select(listener => new { name = listener.Name, address = listener.Address, port = listener.Port, asked })));

    /// <summary>A resolver.</summary>
    /// <param name="batch">So many questions are answered together, the last one first.</param>
    public static Task<Server> StartDatagramsAsync(string netns, string? cgroup, string name, int batch, params IEnumerable<(string Address, int Port)> places) =>
        StartAsync(netns, cgroup, JsonSerializer.Serialize(
            places.Select(place => new { name, address = place.Address, port = place.Port, batch, datagrams = true })));

    private static async Task<Server> StartAsync(string netns, string? cgroup, string wanted)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Meeting.Command(netns, cgroup, "serve", wanted))
        {
            start.ArgumentList.Add(argument);
        }

        var server = new Server(Process.Start(start)!);
        var ready = await server._process.StandardOutput.ReadLineAsync().WaitAsync(Patience.WithAProgram);
        if (ready != "ready")
        {
            var complaint = await server._process.StandardError.ReadToEndAsync();
            await server.DisposeAsync();
            Assert.Fail($"the server did not start: {complaint}");
        }

        return server;
    }

    /// <summary>Once more does nothing: a test may end it before its time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
