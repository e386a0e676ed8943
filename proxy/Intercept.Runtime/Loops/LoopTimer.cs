namespace Intercept.Runtime.Loops;

/// <summary>
/// A timer of one owner, made once and started as often as needed without allocating. Its callback runs on the loop.
/// </summary>
public sealed class LoopTimer(EventLoop loop, Action callback)
{
    internal const int Idle = -1;

    public bool IsRunning => HeapIndex != Idle;

    /// <summary>Loop milliseconds at which it fires.</summary>
    public long Deadline { get; internal set; }

    internal Action Callback { get; } = callback;

    internal int HeapIndex { get; set; } = Idle;

    /// <summary>Starts it, or moves its deadline. It fires once.</summary>
    public void Start(TimeSpan delay) => StartAt(loop.Now + Math.Max(0, (long)Math.Ceiling(delay.TotalMilliseconds)));

    public void StartAt(long deadline)
    {
        Stop();
        Deadline = deadline;
        loop.Timers.Add(this);
    }

    public void Stop()
    {
        if (IsRunning)
        {
            loop.Timers.Remove(this);
        }
    }
}
