using System.Globalization;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Capture.Verification;
using Intercept.Core;

namespace Intercept.Init;

/// <summary>
/// Keeps looking: rules often, real connections now and then. A line is written when something changes and not when it stays
/// as it was, so the log of a healthy pod is short.
/// </summary>
internal sealed class CaptureWatch(CapturePlan plan, CaptureInstaller installer, CaptureVerifier verifier, TextWriter output, TimeProvider time)
{
    private IReadOnlyList<string> _uncaptured = [];
    private string? _last;

    public async Task<int> RunAsync(CommandRequest request, Action<string> progress, CancellationToken stop)
    {
        if (Duration(request, CommandOptions.Interval) is not { } interval || interval <= TimeSpan.Zero
            || Duration(request, CommandOptions.ProbeInterval) is not { } probeInterval)
        {
            progress("command line: --interval and --probe-interval; allowed: a duration such as 30s, 500ms or 5m, --interval above 0");
            return ExitCode.Usage;
        }

        var probed = 0L;
        try
        {
            while (true)
            {
                var drift = await installer.DriftAsync(plan, stop);
                if (drift.Count == 0 && probeInterval > TimeSpan.Zero && (probed == 0 || time.GetElapsedTime(probed) >= probeInterval))
                {
                    _uncaptured = Uncaptured(await verifier.RunAsync(stop));
                    probed = time.GetTimestamp();
                }

                await ReportAsync(drift);
                if (drift.Count > 0 && request.Switch(CommandOptions.Repair))
                {
                    await installer.InstallAsync(plan, stop);
                    await WriteAsync("repaired");
                }

                await Task.Delay(interval, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Success;
        }
    }

    private static TimeSpan? Duration(CommandRequest request, string name) =>
        GoDuration.TryParse(request.Text(name), out var duration) ? duration : null;

    private static List<string> Uncaptured(IReadOnlyList<VerificationResult> results) =>
        [.. results.Where(result => result.Status == VerificationStatus.Failed).Select(result => $"{result.Check}: {result.Detail}; rule: {result.Rule}")];

    // What the last connections showed stays true until the next ones show something else.
    private async Task ReportAsync(IReadOnlyList<string> drift)
    {
        List<string> lines = [.. drift.Select(line => $"drift: {line}"), .. _uncaptured.Select(line => $"not captured: {line}")];
        var now = string.Join('\n', lines);
        if (now == _last)
        {
            return;
        }

        _last = now;
        foreach (var line in lines.Count == 0 ? ["capture is in effect"] : lines)
        {
            await WriteAsync(line);
        }
    }

    private async Task WriteAsync(string line)
    {
        await output.WriteLineAsync($"{time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {line}");
        await output.FlushAsync();
    }
}
