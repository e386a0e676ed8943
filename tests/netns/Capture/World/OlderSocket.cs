using System.Diagnostics;
using System.Globalization;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>A TCP socket that is made now and connects later, to where nobody listens but the proxy.</summary>
internal sealed class OlderSocket : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private OlderSocket(Process process) => _process = process;

    public static async Task<OlderSocket> MakeAsync(string netns, string? cgroup)
    {
        const string Script = """[ -z "$1" ] || echo $$ >"$1/cgroup.procs"; shift; exec "$@" """;
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            "-euc", Script, "sh", cgroup ?? "", "nsenter", $"--net=/run/netns/{netns}", "python3", "-B",
            Path.Combine(Checkout.Probe, "ways.py"), "older", "10.96.0.10", "81",
        })
        {
            start.ArgumentList.Add(argument);
        }

        var older = new OlderSocket(Process.Start(start)!);
        Assert.Equal("ready", await older._process.StandardOutput.ReadLineAsync().WaitAsync(_limit));
        return older;
    }

    /// <summary>Moves the process that holds it; the socket stays where it was made.</summary>
    public Task EnterAsync(string cgroup) =>
        File.WriteAllTextAsync(Path.Combine(cgroup, "cgroup.procs"), _process.Id.ToString(CultureInfo.InvariantCulture));

    public async Task<string> ConnectAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        return (await _process.StandardOutput.ReadToEndAsync().WaitAsync(_limit)).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
