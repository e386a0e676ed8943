using System.Threading.Channels;
using Intercept.Xds.Resources;

namespace Intercept.Xds.Persistence;

/// <summary>Keeps the file of a store's state up to date, a moment after changes: many changes are written once.</summary>
internal sealed class StateKeeper(string path, string nodeId, ResourceStore store, TimeProvider time)
{
    private static readonly TimeSpan _delay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _confirmation = TimeSpan.FromMinutes(1);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile string? _problem;
    private volatile bool _isCurrent;

    /// <summary>Why the file was not used or could not be written; null when all is well.</summary>
    public string? Problem => _problem;

    /// <summary>While the control plane is there, the state is of now.</summary>
    public bool IsCurrent
    {
        get => _isCurrent;
        set => _isCurrent = value;
    }

    public StateReading Read()
    {
        var reading = StateFile.TryRead(path, nodeId);
        _problem = Describe(reading.Why);
        return reading;
    }

    /// <summary>The store has changed. Does not wait.</summary>
    public void Changed() => _changes.Writer.TryWrite(true);

    /// <summary>Until cancelled; then it writes what is still to be written and returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (await WaitAsync(stop))
                {
                    await Task.Delay(_delay, time, stop);
                    _changes.Reader.TryRead(out _);
                    Write();
                }
                else if (_isCurrent)
                {
                    StateFile.Confirm(path, time.GetUtcNow());
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (_changes.Reader.TryRead(out _))
            {
                Write();
            }
        }
    }

    /// <summary>True for a change, false when there was none for a while.</summary>
    private async Task<bool> WaitAsync(CancellationToken stop)
    {
        using var pause = new CancellationTokenSource(_confirmation, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, pause.Token);
        try
        {
            return await _changes.Reader.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Write()
    {
        // Half a state would be worse than the last whole one.
        if (store.IsComplete)
        {
            _problem = Describe(StateFile.TryWrite(path, KeptStates.Of(nodeId, store.Stored)));
        }
    }

    private string? Describe(string? why) => why is null ? null : $"{path} {why}";
}
