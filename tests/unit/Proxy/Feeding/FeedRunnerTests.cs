using Intercept.Proxy.Feeding;
using Intercept.Tests.Unit.Xds.Certificates;

namespace Intercept.Tests.Unit.Proxy.Feeding;

public sealed class FeedRunnerTests
{
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly RecordedLog _log = new();

    [Fact]
    public async Task A_defect_ends_a_feed_for_a_pause_that_grows_and_is_counted_and_told()
    {
        using var stopping = new CancellationTokenSource();
        var runner = new FeedRunner("the feed", _time, _log);
        var runs = 0;
        var running = runner.RunAsync(_ => throw new InvalidOperationException($"run {++runs}"), stopping.Token);
        foreach (var seconds in (int[])[1, 2, 4, 8, 16, 32, 60, 60])
        {
            // It is told before it is waited for: only what waits is woken.
            await Wait.UntilAsync(() => _time.NextTimer is not null);
            var before = runs;
            Assert.Equal(before, runner.Defects);
            Assert.Equal(_time.GetUtcNow().AddSeconds(seconds), _time.NextTimer);
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await Wait.UntilAsync(() => runs == before + 1);
        }

        await Wait.UntilAsync(() => runner.Defects == runs);
        Assert.Equal($"no answer; defects met: {runs}, the last one: InvalidOperationException: run {runs}", runner.Explain("no answer"));
        Assert.Equal(runs, _log.Lines.Count(line => line.StartsWith("Error: the feed met a defect of the proxy", StringComparison.Ordinal)));
        await stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task What_is_told_to_stop_has_met_no_defect()
    {
        using var stopping = new CancellationTokenSource();
        var runner = new FeedRunner("the feed", _time, _log);
        var running = runner.RunAsync(token => Task.Delay(Timeout.Infinite, token), stopping.Token);
        await stopping.CancelAsync();
        await running;

        Assert.Equal(0, runner.Defects);
        Assert.Equal("no answer", runner.Explain("no answer"));
        Assert.Null(runner.Explain(null));
    }
}
