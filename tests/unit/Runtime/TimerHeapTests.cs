using Intercept.Runtime.Loops;

namespace Intercept.Tests.Unit.Runtime;

public sealed class TimerHeapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Takes_timers_by_deadline_whatever_was_added_moved_and_removed(int seed)
    {
        // Never started: nothing here needs a thread.
        using var loop = new EventLoop("no thread", exception => throw exception);
        var random = new Random(seed);
        var heap = new TimerHeap();
        var running = new List<LoopTimer>();
        for (var step = 0; step < 5000; step++)
        {
            switch (random.Next(5))
            {
                case 0 when running.Count > 0:
                    var removed = running[random.Next(running.Count)];
                    heap.Remove(removed);
                    running.Remove(removed);
                    Assert.False(removed.IsRunning);
                    break;
                case 1:
                    var now = random.Next(1000);
                    if (heap.TryTakeDue(now, out var due))
                    {
                        Assert.InRange(due.Deadline, 0, now);
                        Assert.Equal(running.Min(timer => timer.Deadline), due.Deadline);
                        Assert.True(running.Remove(due));
                    }
                    else
                    {
                        Assert.True(running.Count == 0 || running.Min(timer => timer.Deadline) > now);
                    }

                    break;
                default:
                    var added = new LoopTimer(loop, static () => { }) { Deadline = random.Next(1000) };
                    heap.Add(added);
                    running.Add(added);
                    break;
            }

            Assert.Equal(running.Count, heap.Count);
            Assert.Equal(running.Count > 0, heap.TryPeek(out var next));
            Assert.Equal(running.Count > 0 ? running.Min(timer => timer.Deadline) : 0, next);
        }

        var last = -1L;
        while (heap.TryTakeDue(long.MaxValue, out var timer))
        {
            Assert.True(timer.Deadline >= last);
            last = timer.Deadline;
            running.Remove(timer);
        }

        Assert.Empty(running);
    }
}
