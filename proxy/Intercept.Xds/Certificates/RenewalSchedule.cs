namespace Intercept.Xds.Certificates;

/// <summary>When the next certificate is asked for. Spread, so that proxies that started together do not stay together.</summary>
internal sealed class RenewalSchedule(Random random)
{
    private const double RetrySpread = 0.2;
    private static readonly TimeSpan _firstRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestRetry = TimeSpan.FromSeconds(60);

    // Without a certificate nothing works: a CA that is back is worth finding out about.
    private static readonly TimeSpan _longestRetryWithoutCertificate = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _leastSpread = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Half of what is left of a certificate that came just now, give or take 1 % of it: 3 s at least, so that lives of a
    /// minute spread too, and 10 % at most. Half of what is left rather than of its life: a CA dates certificates back.
    /// </summary>
    public TimeSpan Renewal(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        // A clock that is behind would count the time until the certificate begins as part of its life.
        var left = Least(notAfter - now, notAfter - notBefore);
        var spread = Least(Most(left * 0.01, _leastSpread), left * 0.1);
        return (left / 2) + (spread * Sway());
    }

    /// <summary>Doubled from 0.5 s with each failure, but never so long that a certificate ends with fewer than three more tries.</summary>
    /// <param name="failures">In a row, the one that just was included.</param>
    /// <param name="notAfter">Of the certificate in use; null without one.</param>
    public TimeSpan Retry(int failures, DateTimeOffset? notAfter, DateTimeOffset now)
    {
        var left = notAfter - now ?? TimeSpan.Zero;
        var longest = left > TimeSpan.Zero ? Least(_longestRetry, Most(left / 4, _firstRetry)) : _longestRetryWithoutCertificate;
        var delay = _firstRetry * Math.Pow(2, Math.Min(failures - 1, 16));
        return Least(delay, longest) * (1 + (RetrySpread * Sway()));
    }

    /// <summary>From -1 to 1.</summary>
    private double Sway() => (2 * random.NextDouble()) - 1;

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Most(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
