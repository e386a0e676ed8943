using Intercept.Core.Addressing;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Relays;
using Intercept.Runtime.Sockets;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>One real loop on its own thread, with a relay in front of any upstream, for one test.</summary>
internal sealed class LoopFixture : IDisposable
{
    private readonly List<Exception> _escaped = [];
    private readonly MovedTime? _time;

    /// <param name="time">Null is the system's.</param>
    internal LoopFixture(MovedTime? time = null)
    {
        _time = time;
        Loop = new EventLoop("test-loop", exception =>
        {
            lock (_escaped)
            {
                _escaped.Add(exception);
            }
        }, time);
        Loop.Start();
    }

    internal EventLoop Loop { get; }

    internal IReadOnlyList<Exception> Escaped
    {
        get
        {
            lock (_escaped)
            {
                return [.. _escaped];
            }
        }
    }

    /// <summary>Runs a coroutine on the loop and waits for its value.</summary>
    internal async Task<T> OnLoopAsync<T>(Func<ValueTask<T>> coroutine)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Start(async () =>
        {
            try
            {
                done.SetResult(await coroutine());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return await done.Task.WaitAsync(Patience.WithATask);
    }

    /// <summary>Lets time pass on the loop, whose timers that are due then fire.</summary>
    internal async Task PassAsync(TimeSpan time)
    {
        _time!.Pass(time);
        await OnLoopAsync(() => true);

        // They fire at the end of the turn that the first has woken.
        await OnLoopAsync(() => true);
    }

    internal Task<T> OnLoopAsync<T>(Func<T> work) => OnLoopAsync(() => ValueTask.FromResult(work()));

    internal async Task EventuallyAsync(Func<bool> onLoop)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (!await OnLoopAsync(onLoop))
        {
            Assert.True(Environment.TickCount64 < until, "it did not become true in time");
            await Task.Delay(5);
        }
    }

    /// <summary>Accepts on a free loopback port and gives each connection to the coroutine.</summary>
    internal async Task<TcpListenerSocket> ListenAsync(Func<TcpSocket, Task> handle)
    {
        var result = TcpListenerSocket.Listen(Loop, new NetEndpoint(NetAddress.LoopbackIPv4, 0), new ListenOptions());
        Assert.True(result.IsListening, result.ToString());
        await OnLoopAsync(() =>
        {
            Loop.Observe(result.Listener.RunAsync(socket => Loop.Observe(handle(socket))));
            return true;
        });
        return result.Listener;
    }

    /// <summary>A relay to the upstream port; its outcomes arrive in order.</summary>
    internal async Task<RelayUnderTest> RelayAsync(int upstreamPort, RelayOptions? options = null)
    {
        var relay = new RelayUnderTest(this, upstreamPort, options ?? new RelayOptions());
        await relay.StartAsync();
        return relay;
    }

    public void Dispose() => Loop.Dispose();
}
