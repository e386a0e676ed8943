using Intercept.Runtime.Loops;

namespace Intercept.Tests.Unit.Runtime;

public sealed class LoopTimerTests : IDisposable
{
    private readonly LoopFixture _fixture = new();

    private EventLoop Loop => _fixture.Loop;

    [Fact]
    public async Task Timers_fire_in_the_order_of_their_deadlines_and_not_before()
    {
        var fired = new List<(int Delay, long Elapsed)>();
        await _fixture.OnLoopAsync(() =>
        {
            var started = Loop.Now;
            foreach (var delay in new[] { 60, 20, 80, 40, 0 })
            {
                new LoopTimer(Loop, () => fired.Add((delay, Loop.Now - started))).Start(TimeSpan.FromMilliseconds(delay));
            }

            return true;
        });
        await _fixture.EventuallyAsync(() => fired.Count == 5);

        Assert.Equal([0, 20, 40, 60, 80], fired.Select(timer => timer.Delay));

        // By the loop's own clock, which stands still for a turn: another one differs from it by as long as the turn was kept waiting.
        Assert.All(fired, timer => Assert.True(timer.Elapsed >= timer.Delay, $"{timer.Delay} ms fired after {timer.Elapsed}"));
    }

    [Fact]
    public async Task A_timer_fires_once_and_not_when_stopped_and_at_its_last_deadline()
    {
        var fired = new List<string>();
        await _fixture.OnLoopAsync(() =>
        {
            var stopped = new LoopTimer(Loop, () => fired.Add("stopped"));
            stopped.Start(TimeSpan.FromMilliseconds(10));
            var moved = new LoopTimer(Loop, () => fired.Add("moved"));
            moved.Start(TimeSpan.FromMilliseconds(10));
            moved.Start(TimeSpan.FromMilliseconds(40));
            new LoopTimer(Loop, () => fired.Add("once")).Start(TimeSpan.FromMilliseconds(20));
            stopped.Stop();
            stopped.Stop();
            Assert.True(moved.IsRunning);
            Assert.False(stopped.IsRunning);
            return true;
        });
        await _fixture.EventuallyAsync(() => fired.Contains("moved"));

        Assert.Equal(["once", "moved"], fired);
    }

    [Fact]
    public async Task A_timer_that_starts_itself_again_at_once_leaves_the_others_their_turn()
    {
        var (rounds, other) = (0, false);
        await _fixture.OnLoopAsync(() =>
        {
            LoopTimer? again = null;
            again = new LoopTimer(Loop, () =>
            {
                // A bound, so that a loop that starves ends and says so.
                if (++rounds < 1_000_000 && !other)
                {
                    again!.Start(TimeSpan.Zero);
                }
            });
            again.Start(TimeSpan.Zero);
            Loop.Post(() => other = true);
            return true;
        });
        await _fixture.EventuallyAsync(() => other);

        Assert.InRange(rounds, 1, 999_999);
    }

    [Fact]
    public async Task A_timer_stopped_by_one_that_fires_in_the_same_turn_does_not_fire()
    {
        var fired = new List<string>();
        await _fixture.OnLoopAsync(() =>
        {
            LoopTimer? second = null;
            var first = new LoopTimer(Loop, () =>
            {
                fired.Add("first");
                second!.Stop();
            });
            second = new LoopTimer(Loop, () => fired.Add("second"));
            first.StartAt(Loop.Now + 10);
            second.StartAt(Loop.Now + 11);
            Thread.Sleep(20);
            return true;
        });
        await _fixture.EventuallyAsync(() => fired.Count > 0);
        await Task.Delay(20);

        Assert.Equal(["first"], await _fixture.OnLoopAsync(() => fired.ToArray()));
    }

    public void Dispose()
    {
        _fixture.Dispose();
        Assert.Empty(_fixture.Escaped);
    }
}
