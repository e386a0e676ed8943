using System.Runtime.CompilerServices;

namespace Intercept.Runtime.Loops;

/// <summary>
/// Awaited, resumes on the loop when the descriptor is ready or the wait was ended. A hint: try the call and look at its
/// result. Not a ValueTask: the descriptor itself is the source, so nothing is pooled, versioned or allocated.
/// </summary>
public readonly struct Readiness : ICriticalNotifyCompletion
{
    private readonly Pollable _pollable;
    private readonly bool _forWriting;

    private Readiness(Pollable pollable, bool forWriting)
    {
        _pollable = pollable;
        _forWriting = forWriting;
    }

    public bool IsCompleted => (_forWriting ? _pollable.IsWritable : _pollable.IsReadable) || _pollable.IsAborted;

    public Readiness GetAwaiter() => this;

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        if (_forWriting)
        {
            _pollable.AwaitWritable(continuation);
        }
        else
        {
            _pollable.AwaitReadable(continuation);
        }
    }

    public void GetResult()
    {
    }

    internal static Readiness ToRead(Pollable pollable) => new(pollable, forWriting: false);

    internal static Readiness ToWrite(Pollable pollable) => new(pollable, forWriting: true);
}
