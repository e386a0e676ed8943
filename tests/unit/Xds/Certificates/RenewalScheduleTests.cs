using Intercept.Xds.Certificates;

namespace Intercept.Tests.Unit.Xds.Certificates;

public sealed class RenewalScheduleTests
{
    private static readonly DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RenewalSchedule _schedule = new(new Random(1));

    [Theory]
    [InlineData(24 * 60 * 60, 0.01)]
    [InlineData(60 * 60, 0.01)]
    [InlineData(60, 0.05)]
    [InlineData(10, 0.1)]
    public void Renews_at_half_of_what_is_left_and_spreads(int seconds, double spread)
    {
        var left = TimeSpan.FromSeconds(seconds);
        var delays = Enumerable.Range(0, 1000).Select(_ => _schedule.Renewal(_now, _now + left, _now) / left).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, 0.5 - spread, 0.5 + spread));
        Assert.True(delays.Max() - delays.Min() > spread * 1.8, "all at once");
    }

    [Fact]
    public void A_certificate_dated_back_is_renewed_by_what_is_left_of_it() =>
        Assert.InRange(_schedule.Renewal(_now.AddMinutes(-2), _now.AddSeconds(60), _now), TimeSpan.FromSeconds(27), TimeSpan.FromSeconds(33));

    [Fact]
    public void A_certificate_that_begins_later_is_renewed_by_its_own_life() =>
        Assert.InRange(_schedule.Renewal(_now.AddHours(1), _now.AddHours(1).AddSeconds(60), _now), TimeSpan.FromSeconds(27), TimeSpan.FromSeconds(33));

    [Theory]
    [InlineData(60)]
    [InlineData(600)]
    [InlineData(24 * 60 * 60)]
    public void A_CA_that_comes_back_just_before_the_end_is_asked_in_time(int life)
    {
        var end = _now.AddSeconds(life);
        var now = _now.AddSeconds(life / 2.0);
        var tries = new List<DateTimeOffset>();
        for (var failures = 1; now < end; failures++)
        {
            tries.Add(now);
            now += _schedule.Retry(failures, end, now);
        }

        Assert.True(tries.Count(at => at > end.AddSeconds(-life / 10.0)) >= 3, $"the last tries: {string.Join(", ", tries.TakeLast(4).Select(at => end - at))}");
        Assert.InRange(tries.Count, 8, life > 3600 ? 1100 : 40);
    }

    [Fact]
    public void Without_a_certificate_no_pause_is_longer_than_twelve_seconds() =>
        Assert.All(Enumerable.Range(1, 100), failures => Assert.InRange(_schedule.Retry(failures, null, _now), TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(12)));

    [Fact]
    public void After_its_end_a_certificate_counts_as_none() =>
        Assert.InRange(_schedule.Retry(50, _now.AddSeconds(-1), _now), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12));
}
