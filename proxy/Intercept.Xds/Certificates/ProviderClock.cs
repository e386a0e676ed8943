namespace Intercept.Xds.Certificates;

/// <summary>Waits by the clock that certificates are dated by.</summary>
internal static class ProviderClock
{
    // The clock may be set while a timer runs, and a timer cannot run for months: look at it now and then.
    private static readonly TimeSpan _longestSleep = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan _shortestSleep = TimeSpan.FromMilliseconds(1);

    /// <summary>Until <paramref name="when"/>, meanwhile letting go of roots whose time has come; null waits for those alone.</summary>
    public static async Task WaitUntilAsync(
        this TimeProvider time, DateTimeOffset? when, SecretPublication publication, CancellationToken cancellation)
    {
        for (var now = time.GetUtcNow(); when is null || now < when; now = time.GetUtcNow())
        {
            publication.Retire(now);
            var left = (Earlier(when, publication.NextRetirement) ?? DateTimeOffset.MaxValue) - now;
            await Task.Delay(left < _shortestSleep ? _shortestSleep : left > _longestSleep ? _longestSleep : left, time, cancellation);
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
