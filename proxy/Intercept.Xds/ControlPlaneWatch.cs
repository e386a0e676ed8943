using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Xds.Discovery;
using Intercept.Xds.Persistence;
using Intercept.Xds.Resources;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds;

/// <summary>Between the discovery client and the store: knows how old the state in use is, and has it kept.</summary>
internal sealed partial class ControlPlaneWatch(ResourceStore store, StateKeeper? keeper, TimeProvider time, ILogger logger) : IResourceReceiver
{
    private const long Never = 0;

    // In ticks: read by other threads.
    private long _currentAsOf = Never;
    private volatile bool _isFromDisk;
    private bool _isConnected;

    private ResourceStore Store => store;

    /// <summary>The state in use is from the disk, and no response has confirmed it yet.</summary>
    public bool IsFromDisk => _isFromDisk;

    public DateTimeOffset? CurrentAsOf(bool isConnected)
    {
        if (isConnected && !_isFromDisk && store.IsComplete)
        {
            return time.GetUtcNow();
        }

        var ticks = Interlocked.Read(ref _currentAsOf);
        return ticks == Never ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
    }

    /// <summary>Takes back the state of the last run, if there is one.</summary>
    public void Restore()
    {
        if (keeper?.Read() is not { } reading)
        {
            return;
        }

        if (reading.State is not { } state)
        {
            if (keeper.Problem is { } problem)
            {
                LogUnusable(logger, problem);
            }

            return;
        }

        _isFromDisk = true;
        Interlocked.Exchange(ref _currentAsOf, reading.AsOf.UtcTicks);
        var problems = store.Restore(KeptStates.ToBatches(state));
        LogRestored(logger, state.Resources.Count, reading.AsOf, problems.Length);
    }

    /// <param name="isSameServer">Its versions mean something: what has not changed is not sent again.</param>
    /// <returns>False when the other has no whole state.</returns>
    public bool TryTakeOver(ControlPlaneWatch before, bool isSameServer)
    {
        if (!before.Store.IsComplete)
        {
            return false;
        }

        _isFromDisk = before._isFromDisk;
        Interlocked.Exchange(ref _currentAsOf, before.CurrentAsOf(before._isConnected)?.UtcTicks ?? Never);
        store.Restore(KeptStates.ToBatches(before.Store.Stored, isSameServer));
        return true;
    }

    public ImmutableArray<Problem> Receive(ResourceBatch batch)
    {
        _isFromDisk = false;
        var problems = store.Receive(batch);
        keeper?.Changed();
        return problems;
    }

    public Subscription Wanted(ResourceType type) => store.Wanted(type);

    public IReadOnlyDictionary<string, string> Versions(ResourceType type) => store.Versions(type);

    public void Absent(ResourceType type, string name) => store.Absent(type, name);

    public void Connected(string? controlPlane)
    {
        _isConnected = true;
        if (keeper is not null)
        {
            keeper.IsCurrent = true;
        }
    }

    public void Disconnected(string why)
    {
        if (keeper is not null)
        {
            keeper.IsCurrent = false;
        }

        // A try that failed says nothing new about the age of what there is.
        if (_isConnected && !_isFromDisk && store.IsComplete)
        {
            Interlocked.Exchange(ref _currentAsOf, time.GetUtcNow().UtcTicks);
        }

        _isConnected = false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the state kept on disk is not used: {Problem}")]
    private static partial void LogUnusable(ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Resources} resources from the disk, as of {AsOf:u}; {Problems} problems")]
    private static partial void LogRestored(ILogger logger, int resources, DateTimeOffset asOf, int problems);
}
