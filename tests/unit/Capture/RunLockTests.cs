using Intercept.Capture.Execution;

namespace Intercept.Tests.Unit.Capture;

/// <summary>One run at a time: here on a file, which is locked as a namespace is.</summary>
public sealed class RunLockTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly List<string> _said = [];

    [Fact]
    public async Task A_second_run_waits_says_for_whom_and_goes_on_when_the_first_is_done()
    {
        var first = await AcquireAsync(Patience.WithATask);
        var second = AcquireAsync(Patience.WithATask);
        while (Said().Length == 0)
        {
            Assert.False(second.IsCompleted);
            await Task.Delay(5);
        }

        Assert.StartsWith($"waiting for another run in this network namespace: pid {Environment.ProcessId} (", Assert.Single(Said()), StringComparison.Ordinal);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second.WaitAsync(Patience.WithATask)).Dispose();
    }

    [Fact]
    public async Task A_second_run_that_waits_too_long_names_the_first()
    {
        using var first = await AcquireAsync(Patience.WithATask);
        var failure = await Assert.ThrowsAsync<CaptureException>(() => AcquireAsync(TimeSpan.FromMilliseconds(100)));

        Assert.StartsWith($"another run holds the lock of this network namespace ({_path}): pid {Environment.ProcessId} (", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("; waited 0.1s (--lock-timeout)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_named()
    {
        var failure = await Assert.ThrowsAsync<CaptureException>(
            () => RunLock.AcquireAsync("/proc/1/ns/nothing", "this network namespace", Patience.WithATask, _said.Add, TimeProvider.System, CancellationToken.None));

        Assert.Equal("this network namespace cannot be opened: /proc/1/ns/nothing: No such file or directory", failure.Message);
    }

    [Fact]
    public async Task Of_many_runs_each_has_the_lock_alone()
    {
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var held = await AcquireAsync(Patience.WithATask);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(5);
            Interlocked.Decrement(ref inside);
        }));

        Assert.Equal(1, most);
    }

    public void Dispose() => File.Delete(_path);

    private Task<RunLock> AcquireAsync(TimeSpan limit) => RunLock.AcquireAsync(
        _path,
        "this network namespace",
        limit,
        line =>
        {
            lock (_said)
            {
                _said.Add(line);
            }
        },
        TimeProvider.System,
        CancellationToken.None);

    private string[] Said()
    {
        lock (_said)
        {
            return [.. _said];
        }
    }
}
