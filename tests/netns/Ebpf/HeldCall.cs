using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>meet.py hold: a connection that is there, and on which nothing was said yet.</summary>
internal sealed class HeldCall : IAsyncDisposable
{
    private readonly Process _process;

    private HeldCall(Process process) => _process = process;

    public static async Task<HeldCall> StartAsync(string netns, string? cgroup, string to, int port)
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        var wanted = new JsonObject { ["to"] = to, ["port"] = port };
        foreach (var argument in Meeting.Command(netns, cgroup, "hold", wanted.ToJsonString()))
        {
            start.ArgumentList.Add(argument);
        }

        var held = new HeldCall(Process.Start(start)!);
        Assert.Equal("ready", await held._process.StandardOutput.ReadLineAsync().WaitAsync(Patience.WithAProgram));
        return held;
    }

    public async Task<Seen> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<Seen>(await _process.StandardOutput.ReadToEndAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
