using System.Runtime.CompilerServices;

namespace Intercept.Runtime.Loops;

/// <summary>Awaited, resumes on the loop's next turn.</summary>
public readonly struct NextTurn : ICriticalNotifyCompletion
{
    private readonly EventLoop _loop;

    internal NextTurn(EventLoop loop) => _loop = loop;

    // Never, but for a default value, which has no loop to wait for.
    public bool IsCompleted => _loop is null;

    public NextTurn GetAwaiter() => this;

    public void OnCompleted(Action continuation) => _loop.Enqueue(continuation);

    public void UnsafeOnCompleted(Action continuation) => _loop.Enqueue(continuation);

    public void GetResult()
    {
    }
}
