using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Intercept.Linux;

namespace Intercept.Runtime.Loops;

/// <summary>
/// One thread, one epoll, and everything of its connections. Coroutines await readiness here and are resumed inline;
/// nothing of a connection is touched by another thread, so nothing is locked. Only <see cref="Post"/> and
/// <see cref="Stop"/> may be called from outside.
/// </summary>
public sealed class EventLoop : IDisposable
{
    // Enough to take in a burst at one system call, few enough that timers and posted work are not kept waiting.
    private const int EventsPerWait = 256;
    private const ulong WakeToken = ulong.MaxValue;

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly Thread _thread;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _escaped;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Queue<Action> _ready = new();
    private readonly Descriptors _descriptors = new();
    private readonly TimerHeap _timers = new();
    private readonly Lock _wakeGate = new();
    private int _wakeRequested;
    private bool _closed;
    private bool _stopping;

    /// <param name="name">The thread's name, as top shows it.</param>
    /// <param name="escaped">Receives what a coroutine or callback threw: a bug, after which the loop goes on.</param>
    /// <param name="time">Null is the system's clock.</param>
    public EventLoop(string name, Action<Exception> escaped, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _escaped = escaped;
        _epoll = LinuxException.Check(Epoll.Create(), "epoll_create1");
        _wake = LinuxException.Check(EventDescriptor.Create(), "eventfd");
        LinuxException.Check(Epoll.Add(_epoll, _wake, Epoll.In, WakeToken), "epoll_ctl");
        Buffers = new Buffers.LoopBuffers();
        Now = ReadClock();
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>The loop whose thread this is.</summary>
    public static EventLoop Current =>
        _current ?? throw new InvalidOperationException("not on an event loop: Post the work to one");

    public bool IsCurrent => ReferenceEquals(_current, this);

    /// <summary>Monotonic milliseconds, read once per turn of the loop.</summary>
    public long Now { get; private set; }

    public Buffers.LoopBuffers Buffers { get; }

    /// <summary>Descriptors that are registered, for statistics and tests.</summary>
    public int DescriptorCount => _descriptors.Count;

    public void Start() => _thread.Start();

    /// <summary>Runs the work on the loop. Callable from any thread.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        RequestWake();
    }

    /// <summary>Starts a coroutine on the loop. Callable from any thread; what it throws goes to the loop's hook.</summary>
    public void Start(Func<Task> coroutine) => Post(() => Observe(coroutine()));

    /// <summary>Gives a coroutine that runs on this loop an owner: its exception goes to the loop's hook.</summary>
    public void Observe(Task coroutine)
    {
        if (!coroutine.IsCompletedSuccessfully)
        {
            _ = ObserveAsync(coroutine);
        }
    }

    /// <summary>Ends the loop after this turn; coroutines that still wait are dropped. Callable from any thread.</summary>
    public void Stop() => Post(() => _stopping = true);

    /// <summary>Waits until the loop's thread has ended.</summary>
    public void Join() => _thread.Join();

    /// <summary>Lets the other connections of the loop have a turn.</summary>
    public NextTurn Yield() => new(this);

    public void Dispose()
    {
        if (_thread.IsAlive)
        {
            Stop();
            _thread.Join();
        }

        lock (_wakeGate)
        {
            _closed = true;
            SocketCalls.Close(_wake);
        }

        SocketCalls.Close(_epoll);
        Buffers.Dispose();
    }

    internal TimerHeap Timers => _timers;

    /// <summary>Runs the work on this turn or the next, after what runs now. Loop thread only.</summary>
    internal void Enqueue(Action work) => _ready.Enqueue(work);

    /// <returns>False when the kernel refuses another registration: treat it like a lack of descriptors.</returns>
    internal bool TryRegister(Pollable pollable, uint interest)
    {
        var token = _descriptors.Add(pollable);
        if (Epoll.Add(_epoll, pollable.Descriptor, interest, token) == 0)
        {
            return true;
        }

        _descriptors.Remove(pollable);
        return false;
    }

    internal void SetInterest(Pollable pollable, uint interest) =>
        _ = Epoll.Modify(_epoll, pollable.Descriptor, interest, (ulong)pollable.Slot);

    /// <summary>Forgets a descriptor that is about to be closed.</summary>
    internal void Unregister(Pollable pollable) => _descriptors.Remove(pollable);

    private void Run()
    {
        _current = this;
        SynchronizationContext.SetSynchronizationContext(new LoopSynchronizationContext(this));
        Span<EpollEvent> events = stackalloc EpollEvent[EventsPerWait];
        while (!_stopping)
        {
            var count = Epoll.Wait(_epoll, events, WaitMilliseconds());
            if (count < 0)
            {
                throw new LinuxException("epoll_wait", -count);
            }

            Now = ReadClock();
            foreach (ref readonly var happened in events[..count])
            {
                Dispatch(happened);
            }

            RunTimers();
            RunReady();
            _descriptors.Recycle();
        }

        _current = null;
    }

    private int WaitMilliseconds()
    {
        if (_ready.Count > 0)
        {
            return 0;
        }

        return _timers.TryPeek(out var deadline) ? (int)Math.Clamp(deadline - ReadClock(), 0, int.MaxValue) : -1;
    }

    [SuppressMessage("Design", "CA1031", Justification = "One bad connection must not end the loop: the hook reports it.")]
    private void Dispatch(in EpollEvent happened)
    {
        if (happened.Token == WakeToken)
        {
            EventDescriptor.Clear(_wake);
            RunPosted();
            return;
        }

        try
        {
            _descriptors[happened.Token]?.Signal(happened.Events);
        }
        catch (Exception exception)
        {
            _escaped(exception);
        }
    }

    private void RunPosted()
    {
        // Cleared before the queue is read: work that arrives during the reading wakes the loop again.
        Volatile.Write(ref _wakeRequested, 0);
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
        {
            RunGuarded(work);
        }

        if (!_posted.IsEmpty)
        {
            RequestWake();
        }
    }

    private void RequestWake()
    {
        if (Interlocked.Exchange(ref _wakeRequested, 1) != 0)
        {
            return;
        }

        // Another thread may post when the loop is gone, and its descriptor may be somebody's connection by then.
        lock (_wakeGate)
        {
            if (!_closed)
            {
                EventDescriptor.Signal(_wake);
            }
        }
    }

    private void RunReady()
    {
        // Work that is enqueued meanwhile waits for the next turn, so that descriptors are not starved.
        for (var left = _ready.Count; left > 0; left--)
        {
            RunGuarded(_ready.Dequeue());
        }
    }

    private void RunTimers()
    {
        // A timer that starts itself anew at once waits for the next turn, so that descriptors are not starved.
        for (var left = _timers.Count; left > 0 && _timers.TryTakeDue(Now, out var timer); left--)
        {
            RunGuarded(timer.Callback);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "One bad callback must not end the loop: the hook reports it.")]
    private void RunGuarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception)
        {
            _escaped(exception);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The owner of the coroutine is the loop: the hook reports it.")]
    private async Task ObserveAsync(Task coroutine)
    {
        try
        {
            await coroutine;
        }
        catch (Exception exception)
        {
            _escaped(exception);
        }
    }

    private long ReadClock() => (long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMilliseconds;
}
