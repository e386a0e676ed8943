using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Intercept.Tests.Netns.Capture.World;
using Intercept.Tests.Unit.Runtime;
using Mono.Unix.Native;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>The real program as a process on loopback, with its files in a folder of its own.</summary>
internal sealed partial class RunningProxy : IAsyncDisposable
{
    internal static readonly string Program = Path.Combine(Path.GetDirectoryName(Checkout.Init)!, "intercept-proxy");

    private Process? _process;

    internal RunningProxy()
    {
        Folder = Directory.CreateTempSubdirectory("intercept-proxy-test-").FullName;
        ConfigPath = Path.Combine(Folder, "bootstrap.yaml");
        Authority = new TestAuthority();
        Files = new CertificateFolder(Path.Combine(Folder, "certificates"), Authority, "spiffe://cluster.local/ns/test/sa/server");
    }

    internal string Folder { get; }

    internal string ConfigPath { get; }

    internal TestAuthority Authority { get; }

    internal CertificateFolder Files { get; }

    /// <summary>Ports in the order of the listeners.</summary>
    internal IReadOnlyList<int> Ports { get; private set; } = [];

    internal int Port => Ports[0];

    internal int Pid => _process!.Id;

    internal bool HasExited => _process!.HasExited;

    private string AccessLogPath => Path.Combine(Folder, "access.log");

    private string LogPath => Path.Combine(Folder, "proxy.log");

    internal string AccessLog => File.Exists(AccessLogPath) ? ReadShared(AccessLogPath) : "";

    internal string Log => File.Exists(LogPath) ? ReadShared(LogPath) : "";

    internal async Task StartAsync(string bootstrap, int drainSeconds = 5, int concurrency = 2, int? descriptors = null, string health = "off", string[]? prefix = null)
    {
        await File.WriteAllTextAsync(ConfigPath, bootstrap);
        string[] command =
        [
            .. prefix ?? [],
            .. descriptors is { } limit ? ["prlimit", $"--nofile={limit}:{limit}"] : Array.Empty<string>(),
            Program, "-c", ConfigPath, "--health-address", health, "--access-log", AccessLogPath, "--log-path", LogPath, "-l", "debug",
            "--concurrency", concurrency.ToString(CultureInfo.InvariantCulture), "--drain-time-s", drainSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        await EventuallyAsync(() => HasExited || ReadyLine().IsMatch(Log), () => $"it did not become ready: {Log}");
        Assert.False(HasExited, $"exit {(HasExited ? _process.ExitCode : 0)}: {Log}{(HasExited ? await _process.StandardError.ReadToEndAsync() : "")}");
        Ports = [.. PortInLine().Matches(ReadyLine().Match(Log).Value).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
    }

    /// <summary>Another configuration, taken when the file is seen to have changed.</summary>
    internal async Task ReconfigureAsync(string bootstrap)
    {
        var before = Occurrences("is in effect");
        await File.WriteAllTextAsync(ConfigPath + ".new", bootstrap);
        File.Move(ConfigPath + ".new", ConfigPath, overwrite: true);
        await EventuallyAsync(() => Occurrences("is in effect") > before, () => $"not reloaded: {Log}");
    }

    internal void Signal(Signum signal) => Assert.Equal(0, Syscall.kill(Pid, signal));

    internal async Task<int> ExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Patience.WithAProgram);
        return _process.ExitCode;
    }

    internal int Occurrences(string text) => Regex.Count(Log, Regex.Escape(text));

    /// <summary>The first line that the predicate takes; waits for it.</summary>
    internal async Task<JsonElement> LineAsync(Func<JsonElement, bool> wanted)
    {
        JsonElement? found = null;
        await EventuallyAsync(
            () => (found = Lines().Select(line => (JsonElement?)line).FirstOrDefault(line => wanted(line!.Value))) is not null,
            () => $"no such line: {AccessLog}");
        return found!.Value;
    }

    internal Task<JsonElement> LineAsync(string closeReason) => LineAsync(line => line.GetProperty("close_reason").GetString() == closeReason);

    internal List<JsonElement> Lines() =>
        [.. AccessLog.Split('\n').Where(line => line.EndsWith('}')).Select(line => JsonDocument.Parse(line).RootElement)];

    internal long ResidentKilobytes() =>
        long.Parse(File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    internal static async Task EventuallyAsync(Func<bool> condition, Func<string> otherwise)
    {
        var until = Environment.TickCount64 + (long)Patience.WithAProgram.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < until, otherwise());
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                await _process.WaitForExitAsync();
            }

            _process.Dispose();
        }

        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"ready on .*")]
    private static partial Regex ReadyLine();

    [GeneratedRegex(@":(\d+)(?=,|$)")]
    private static partial Regex PortInLine();
}
