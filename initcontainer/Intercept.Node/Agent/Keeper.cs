using Intercept.Node.Commands;
using Intercept.Node.Installation;

namespace Intercept.Node.Agent;

/// <summary>
/// Keeps the plugin and its entry in place. Who writes the file again wins for a moment and not for good; who does so time after time is
/// answered more and more slowly, and a warning names the cure.
/// </summary>
internal sealed class Keeper(InstallSettings settings, AgentLog log, TimeProvider time)
{
    private const int WritesToWarn = 5;

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    // Without another write for so long the other one has made its peace.
    private static readonly TimeSpan _calm = TimeSpan.FromMinutes(5);

    private readonly PluginInstallation _installation = new(settings, time);
    private InstallOutcome? _last;
    private string _told = "";
    private long _wrote;
    private int _rewrites;
    private long _restored;

    /// <summary>What the last look found; null before the first.</summary>
    public InstallOutcome? Last => Volatile.Read(ref _last);

    /// <summary>Why the plugin is not in place; null where it is.</summary>
    public string? Missing { get; private set; } = "the plugin has not been put in place yet";

    /// <summary>How often the entry or the program was put back.</summary>
    public long Restored => Interlocked.Read(ref _restored);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(await LookAsync(cancellation), time, cancellation);
        }
    }

    private async Task<TimeSpan> LookAsync(CancellationToken cancellation)
    {
        try
        {
            var outcome = await _installation.ApplyAsync(cancellation);
            Missing = outcome.State == InstallState.Installed ? null : outcome.Why;
            if (!outcome.Changes.IsEmpty || outcome.State != Last?.State || outcome.Why != Last?.Why || !outcome.Skipped.SequenceEqual(Last.Skipped))
            {
                InstallReport.Write(outcome, outcome.State == InstallState.Installed ? log.Info : log.Warning);
            }

            var isFirst = Last?.State != InstallState.Installed;
            Volatile.Write(ref _last, outcome);
            return outcome.Changes.IsEmpty || isFirst ? _interval : Pause(outcome);
        }
        catch (InstallException failure)
        {
            // Said once, for it may stay so for long.
            Missing = failure.Message;
            if (failure.Message != _told)
            {
                log.Error(failure.Message);
                _told = failure.Message;
            }

            return _interval;
        }
    }

    private TimeSpan Pause(InstallOutcome outcome)
    {
        Interlocked.Increment(ref _restored);
        _rewrites = time.GetElapsedTime(_wrote) > _calm ? 1 : _rewrites + 1;
        _wrote = time.GetTimestamp();
        if (_rewrites % WritesToWarn == 0)
        {
            log.Warning($"something else has written {string.Join(", ", outcome.Files)} {_rewrites} times, and between its writing and ours pods are made that are not captured. "
                + "The cure: with Cilium set cni.exclusive=false; with other networks, let their own configuration name intercept-cni, or turn off what keeps rewriting the file");
        }

        return TimeSpan.FromSeconds(Math.Min(_longestPause.TotalSeconds, _interval.TotalSeconds * Math.Pow(2, Math.Min(_rewrites - 1, 10))));
    }
}
