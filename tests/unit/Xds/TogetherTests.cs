using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

public sealed class TogetherTests
{
    [Fact]
    public async Task A_defect_of_one_ends_the_other_and_is_told()
    {
        var hasEnded = false;
        var defect = await Assert.ThrowsAsync<InvalidOperationException>(() => Together.RunAsync(
            async ending =>
            {
                await Task.Yield();
                throw new InvalidOperationException("defect");
            },
            async ending =>
            {
                await Task.Delay(Timeout.Infinite, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                hasEnded = true;
            },
            CancellationToken.None));

        Assert.Equal("defect", defect.Message);
        Assert.True(hasEnded);
    }

    [Fact]
    public async Task Both_go_on_until_they_are_told_to_stop()
    {
        using var stopping = new CancellationTokenSource();
        var running = Together.RunAsync(ending => Task.Delay(Timeout.Infinite, ending), ending => Task.Delay(Timeout.Infinite, ending), stopping.Token);
        Assert.False(running.IsCompleted);
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
