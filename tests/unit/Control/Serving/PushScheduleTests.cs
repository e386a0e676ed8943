using Intercept.Control.Serving.Pushing;

namespace Intercept.Tests.Unit.Control.Serving;

public sealed class PushScheduleTests : IDisposable
{
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _most = TimeSpan.FromSeconds(1);

    private readonly ManualTime _time = new();
    private readonly ScriptedSource _source = new();
    private readonly WorldGenerator _worlds = new();
    private readonly Generations _generations;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public PushScheduleTests()
    {
        _generations = new Generations(_worlds, _time);
        _running = new PushSchedule(_source.Models, _generations, _quiet, _most, _time).RunAsync(_stop.Token);
    }

    [Fact]
    public async Task Publishes_the_first_model_at_once()
    {
        _source.Offer(_worlds.ModelOf("cds a=1"));
        await UntilAsync(() => _generations.Current?.Number == 1);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public async Task Publishes_the_last_of_several_when_nothing_more_comes()
    {
        await BeginAsync();
        _source.Offer(_worlds.ModelOf("cds a=2"));
        await UntilAsync(() => _time.Waiting == 1);
        _time.Pass(_quiet / 2);
        var last = _worlds.ModelOf("cds a=3");
        _source.Offer(last);
        await UntilAsync(() => _time.Waiting == 1 && _source.Models.Count == 0);
        _time.Pass(_quiet);
        await UntilAsync(() => _generations.Current!.Number == 2);
        Assert.Same(last, _generations.Current!.Model);
    }

    [Fact]
    public async Task Publishes_after_a_second_however_many_come()
    {
        await BeginAsync();
        for (var i = 0; i < 25 && _generations.Current!.Number == 1; i++)
        {
            _source.Offer(_worlds.ModelOf($"cds a={i}"));
            await UntilAsync(() => _generations.Current!.Number == 2 || (_time.Waiting == 1 && _source.Models.Count == 0));
            _time.Pass(_quiet * 0.9);
        }

        await UntilAsync(() => _generations.Current!.Number == 2);
        var waited = _generations.Current!.Since - new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);
        Assert.InRange(waited, _most, _most + _quiet);
    }

    [Fact]
    public async Task Ends_with_its_source()
    {
        await BeginAsync();
        _source.End();
        await _running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task BeginAsync()
    {
        _source.Offer(_worlds.ModelOf("cds a=0"));
        await UntilAsync(() => _generations.Current?.Number == 1);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, late.Token);
        }
    }
}
