namespace Intercept.Xds;

/// <summary>Tasks that are of use only together.</summary>
internal static class Together
{
    /// <summary>Until cancelled. When one of them ends before that, so do the others, and what it threw is thrown.</summary>
    public static async Task RunAsync(Func<CancellationToken, Task> one, Func<CancellationToken, Task> other, CancellationToken cancellation)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] running = [one(ending.Token), other(ending.Token)];
        var first = await Task.WhenAny(running);
        await ending.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }
}
