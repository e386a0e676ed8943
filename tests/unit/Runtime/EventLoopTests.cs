using Intercept.Linux;
using Intercept.Runtime.Loops;

namespace Intercept.Tests.Unit.Runtime;

public sealed class EventLoopTests : IDisposable
{
    private readonly LoopFixture _fixture = new();

    private EventLoop Loop => _fixture.Loop;

    [Fact]
    public async Task Work_posted_by_many_threads_all_runs_on_the_loop_and_in_each_thread_s_order()
    {
        const int Threads = 8;
        const int Each = 2000;
        var seen = new List<int>[Threads];
        var elsewhere = 0;
        var posters = Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            seen[thread] = [];
            for (var i = 0; i < Each; i++)
            {
                var number = i;
                Loop.Post(() =>
                {
                    elsewhere += Loop.IsCurrent ? 0 : 1;
                    seen[thread].Add(number);
                });
            }
        })).ToList();
        posters.ForEach(thread => thread.Start());
        posters.ForEach(thread => thread.Join());
        await _fixture.EventuallyAsync(() => seen.Sum(list => list.Count) == Threads * Each);

        Assert.Equal(0, elsewhere);
        Assert.All(seen, list => Assert.Equal(Enumerable.Range(0, Each), list));
    }

    [Fact]
    public async Task Work_that_posts_work_does_not_keep_timers_from_firing()
    {
        var fired = false;
        await _fixture.OnLoopAsync(() =>
        {
            void Again()
            {
                if (!fired)
                {
                    Loop.Post(Again);
                }
            }

            new LoopTimer(Loop, () => fired = true).Start(TimeSpan.FromMilliseconds(20));
            Again();
            return true;
        });
        await _fixture.EventuallyAsync(() => fired);
    }

    [Fact]
    public async Task A_coroutine_that_yields_lets_the_others_run()
    {
        var order = new List<string>();
        await _fixture.OnLoopAsync(() =>
        {
            Loop.Start(() => RunAsync("a"));
            Loop.Start(() => RunAsync("b"));
            return true;
        });
        await _fixture.EventuallyAsync(() => order.Count == 6);
        Assert.Equal(["a0", "b0", "a1", "b1", "a2", "b2"], order);

        async Task RunAsync(string name)
        {
            for (var i = 0; i < 3; i++)
            {
                order.Add($"{name}{i}");
                await Loop.Yield();
            }
        }
    }

    [Fact]
    public async Task Foreign_work_that_a_coroutine_awaits_brings_it_back_to_its_loop()
    {
        var current = await _fixture.OnLoopAsync(async ValueTask<(bool, bool, bool)> () =>
        {
            var before = Loop.IsCurrent;
            await Task.Delay(5);
            var afterTimer = Loop.IsCurrent;
            await File.ReadAllTextAsync("/proc/self/stat");
            return (before, afterTimer, ReferenceEquals(EventLoop.Current, Loop));
        });

        Assert.Equal((true, true, true), current);
    }

    [Fact]
    public void Off_a_loop_there_is_no_current_loop() => Assert.Throws<InvalidOperationException>(() => EventLoop.Current);

    [Fact]
    public async Task What_escapes_is_reported_and_the_loop_goes_on()
    {
        var (loop, escaped) = Report();
        using (loop)
        {
            loop.Post(() => throw new FormatException("posted"));
            loop.Post(() => new LoopTimer(loop, () => throw new FormatException("timer")).Start(TimeSpan.FromMilliseconds(5)));
            loop.Start(async () =>
            {
                await loop.Yield();
                throw new FormatException("coroutine");
            });
            loop.Start(async () =>
            {
                await Task.Delay(10);
                throw new FormatException("after foreign work");
            });
            loop.Start(() => throw new FormatException("before a coroutine"));
            var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
            while (Count() < 5 && Environment.TickCount64 < until)
            {
                await Task.Delay(5);
            }

            var alive = new TaskCompletionSource();
            loop.Post(alive.SetResult);
            await alive.Task.WaitAsync(Patience.WithATask);
        }

        Assert.Equal(["after foreign work", "before a coroutine", "coroutine", "posted", "timer"], escaped.Select(exception => exception.Message).Order());

        int Count()
        {
            lock (escaped)
            {
                return escaped.Count;
            }
        }
    }

    [Fact]
    public void Work_posted_to_a_loop_that_is_gone_touches_no_descriptor_of_others()
    {
        var (loop, _) = Report();
        loop.Dispose();
        var reused = Enumerable.Range(0, 64).Select(_ => EventDescriptor.Create()).ToList();
        try
        {
            loop.Post(() => Assert.Fail("the loop is gone"));
            loop.Stop();
            var epoll = Epoll.Create();
            foreach (var descriptor in reused)
            {
                Assert.Equal(0, Epoll.Add(epoll, descriptor, Epoll.In, 1));
            }

            Assert.Equal(0, Epoll.Wait(epoll, stackalloc EpollEvent[1], 0));
            SocketCalls.Close(epoll);
        }
        finally
        {
            reused.ForEach(descriptor => SocketCalls.Close(descriptor));
        }
    }

    public void Dispose()
    {
        _fixture.Dispose();
        Assert.Empty(_fixture.Escaped);
    }

    private static (EventLoop Loop, List<Exception> Escaped) Report()
    {
        var escaped = new List<Exception>();
        var loop = new EventLoop("escaping", exception =>
        {
            lock (escaped)
            {
                escaped.Add(exception);
            }
        });
        loop.Start();
        return (loop, escaped);
    }
}
