namespace Intercept.Control.Serving.Pushing;

/// <summary>
/// How many responses are made and written at once. When 500 proxies come back after a restart, each response is in memory
/// while it is written: they take turns. One that reads slowly gives its turn up and goes on beside the others.
/// </summary>
internal sealed class PushAdmission(int places, TimeSpan patience, TimeProvider time) : IDisposable
{
    public const int StandardPlaces = 32;

    private readonly SemaphoreSlim _places = new(places, places);
    private int _waiting;

    public static TimeSpan StandardPatience { get; } = TimeSpan.FromSeconds(2);

    public int Waiting => Volatile.Read(ref _waiting);

    public async Task EnterAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _places.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Leave() => _places.Release();

    /// <summary>Waits for the write of one who has entered; its place is free after it, or when patience ends.</summary>
    /// <returns>False when it took longer than that.</returns>
    public async Task<bool> LeaveAfterAsync(Task write)
    {
        if (!write.IsCompleted)
        {
            await Task.WhenAny(write, Task.Delay(patience, time, CancellationToken.None));
        }

        var isInTime = write.IsCompleted;
        Leave();
        await write;
        return isInTime;
    }

    public void Dispose() => _places.Dispose();
}
