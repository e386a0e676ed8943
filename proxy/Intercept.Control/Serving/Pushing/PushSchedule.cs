using System.Threading.Channels;
using Intercept.Control.Model;

namespace Intercept.Control.Serving.Pushing;

/// <summary>
/// Gathers models that come in quick succession, as an editor or a rollout makes them, so that proxies are sent the last of them.
/// </summary>
/// <param name="quiet">How long nothing may come before the newest is published.</param>
/// <param name="most">How long the first of them waits however many come.</param>
internal sealed class PushSchedule(ChannelReader<MeshModel> models, Generations generations, TimeSpan quiet, TimeSpan most, TimeProvider time)
{
    private Task<bool>? _arrival;

    public static TimeSpan StandardQuiet { get; } = TimeSpan.FromMilliseconds(100);

    public static TimeSpan StandardMost { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Until the source has ended or it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (await ArriveAsync(Timeout.InfiniteTimeSpan, cancellation))
        {
            if (await GatherAsync(cancellation) is { } model)
            {
                generations.Publish(model);
            }
        }
    }

    private async Task<MeshModel?> GatherAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        var newest = Newest(null);

        // Nobody has anything yet: the first model waits for no second.
        while (generations.Current is not null)
        {
            var left = most - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !await ArriveAsync(left < quiet ? left : quiet, cancellation))
            {
                break;
            }

            newest = Newest(newest);
        }

        return newest;
    }

    private MeshModel? Newest(MeshModel? newest)
    {
        while (models.TryRead(out var model))
        {
            newest = model;
        }

        return newest;
    }

    /// <returns>False when none came in time, or none will come any more.</returns>
    private async Task<bool> ArriveAsync(TimeSpan within, CancellationToken cancellation)
    {
        _arrival ??= models.WaitToReadAsync(cancellation).AsTask();
        try
        {
            var isThere = await _arrival.WaitAsync(within, time, cancellation);
            _arrival = null;
            return isThere;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
