using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Feeding;

/// <summary>
/// Keeps running what is to run as long as the proxy does. An exception that reaches it is a defect of ours: the proxy goes
/// on with what it has, and what met the defect begins anew after a pause, since the next answer may not meet it.
/// </summary>
/// <param name="what">A noun, for the log.</param>
internal sealed partial class FeedRunner(string what, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    private long _defects;
    private volatile string? _last;

    /// <summary>Any thread.</summary>
    public long Defects => Interlocked.Read(ref _defects);

    /// <summary>Why what is awaited does not come.</summary>
    /// <param name="error">What the feed itself says; null when it says nothing.</param>
    public string? Explain(string? error)
    {
        var defect = _last is { } last ? $"defects met: {Defects}, the last one: {last}" : null;
        return error is null ? defect : defect is null ? error : $"{error}; {defect}";
    }

    /// <summary>Until cancelled; then it returns.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it must end neither the proxy nor, for good, the feed.")]
    public async Task RunAsync(Func<CancellationToken, Task> run, CancellationToken stopping)
    {
        // Whoever calls may be a loop: nothing of this is to come back to it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var pause = _firstPause;
        while (!stopping.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            try
            {
                await run(stopping).ConfigureAwait(false);
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                // As told.
            }
            catch (Exception defect)
            {
                Note(defect);
            }

            pause = time.GetElapsedTime(began) > _longestPause ? _firstPause : pause;
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }

    /// <summary>A defect that something else met on the feed's behalf. Any thread.</summary>
    public void Note(Exception defect)
    {
        _last = $"{defect.GetType().Name}: {defect.Message}";
        Interlocked.Increment(ref _defects);
        LogDefect(logger, defect, what);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} met a defect of the proxy; what came before stays in effect, and it begins anew")]
    private static partial void LogDefect(ILogger logger, Exception exception, string what);
}
