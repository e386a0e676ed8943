using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Discovery;

public sealed class BackoffTests
{
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(30));

    [Fact]
    public void Doubles_up_to_its_longest_and_begins_anew_after_a_success()
    {
        foreach (var most in new[] { 0.5, 1, 2, 4, 8, 16, 30, 30 })
        {
            Assert.InRange(_backoff.Next().TotalSeconds, most / 2, most);
        }

        _backoff.Reset();

        Assert.InRange(_backoff.Next().TotalSeconds, 0.25, 0.5);
    }

    [Fact]
    public void Proxies_that_lost_a_server_together_come_back_apart()
    {
        var pauses = Enumerable.Range(0, 100).Select(_ =>
        {
            _backoff.Reset();
            return _backoff.Next();
        });

        Assert.InRange(pauses.Distinct().Count(), 50, 100);
    }
}
