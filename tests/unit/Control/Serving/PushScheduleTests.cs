using Intercept.Control.Model;
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
        await OfferAsync(_worlds.ModelOf("cds a=2"));
        _time.Pass(_quiet / 2);
        var last = _worlds.ModelOf("cds a=3");
        await OfferAsync(last);
        _time.Pass(_quiet);
        await UntilAsync(() => _generations.Current!.Number == 2);
        Assert.Same(last, _generations.Current!.Model);
    }

    [Fact]
    public async Task Publishes_after_a_second_however_many_come()
    {
        await BeginAsync();
        var began = _time.GetUtcNow();
        var pause = _quiet * 0.9;
        for (var i = 0; _time.GetUtcNow() + pause < began + _most; i++)
        {
            await OfferAsync(_worlds.ModelOf($"cds a={i}"));
            _time.Pass(pause);
            Assert.Equal(1, _generations.Current!.Number);
        }

        _time.Pass(began + _most - _time.GetUtcNow());
        await UntilAsync(() => _generations.Current!.Number == 2);
        Assert.Equal(began + _most, _generations.Current!.Since);
    }

    [Fact]
    public async Task Ends_with_its_source()
    {
        await BeginAsync();
        _source.End();
        await _running.WaitAsync(Patience.WithATask);
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

    /// <summary>Until the schedule has the model and waits for another.</summary>
    private async Task OfferAsync(MeshModel model)
    {
        var before = _time.Begun;
        _source.Offer(model);
        await UntilAsync(() => _time.Begun > before);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Patience.WithATask);
        while (!condition())
        {
            await Task.Delay(5, late.Token);
        }
    }
}
