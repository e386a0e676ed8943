namespace Intercept.Runtime.Loops;

/// <summary>Brings a coroutine that awaited foreign work (a file, DNS) back to its loop instead of the thread pool.</summary>
internal sealed class LoopSynchronizationContext(EventLoop loop) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state) => loop.Post(() => d(state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!loop.IsCurrent)
        {
            throw new NotSupportedException("waiting for an event loop from another thread invites a deadlock: Post");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
