using System.Diagnostics;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Counts the transactions that nf_tables commits; iptables-legacy has none to count.</summary>
internal sealed class RuleMonitor : IAsyncDisposable
{
    private readonly CaptureWorld _world;
    private readonly Process _process;
    private readonly Task _reading;
    private int _transactions;
    private TaskCompletionSource _mark = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuleMonitor(CaptureWorld world, Process process)
    {
        _world = world;
        _process = process;
        _reading = ReadAsync();
    }

    public static async Task<RuleMonitor> StartAsync(CaptureWorld world)
    {
        var start = new ProcessStartInfo("nsenter") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. world.Enter, "nft", "monitor"])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var monitor = new RuleMonitor(world, process);

        // It listens when it first hears of a change.
        while (!monitor._mark.Task.IsCompleted)
        {
            await world.MustInPodAsync("nft 'add table inet bookmark; delete table inet bookmark'");
            await Task.WhenAny(monitor._mark.Task, Task.Delay(20));
        }

        await monitor.TransactionsAsync();
        return monitor;
    }

    /// <returns>How many transactions there were since this was last asked.</returns>
    public async Task<int> TransactionsAsync()
    {
        // A change of our own, so that all that came before it has been heard.
        _mark = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _world.MustInPodAsync("nft 'add table inet bookmark; delete table inet bookmark'");
        await _mark.Task.WaitAsync(Patience.WithAProgram);
        return Interlocked.Exchange(ref _transactions, 0);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var marked = false;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            marked |= line.Contains("table inet bookmark", StringComparison.Ordinal);
            if (line.StartsWith("# new generation", StringComparison.Ordinal))
            {
                if (marked)
                {
                    _mark.TrySetResult();
                }
                else
                {
                    Interlocked.Increment(ref _transactions);
                }

                marked = false;
            }
        }
    }
}
