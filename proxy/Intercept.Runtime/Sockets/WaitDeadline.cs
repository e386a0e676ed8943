using Intercept.Runtime.Loops;

namespace Intercept.Runtime.Sockets;

/// <summary>Ends the waits on a descriptor when a time has passed. Costs nothing until it is started.</summary>
internal sealed class WaitDeadline(Pollable pollable) : IDisposable
{
    private LoopTimer? _timer;

    internal bool Passed { get; private set; }

    /// <summary>Starts the time on the first call; later calls change nothing.</summary>
    internal void Start(TimeSpan timeout)
    {
        if (_timer is null)
        {
            _timer = new LoopTimer(pollable.Loop, Expire);
            _timer.Start(timeout);
        }
    }

    internal void Expire()
    {
        Passed = true;
        pollable.Interrupt();
    }

    public void Dispose() => _timer?.Stop();
}
