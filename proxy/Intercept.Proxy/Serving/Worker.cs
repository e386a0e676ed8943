using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Plans;
using Intercept.Proxy.Upstreams;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>
/// One event loop of the data path with its listeners and connections. The control loop posts to it; everything but
/// <see cref="Loop"/> belongs to the loop's thread.
/// </summary>
internal sealed partial class Worker : IDisposable
{
    // As often as Envoy flushes its counters: a long download shows in /stats before it ends.
    private static readonly TimeSpan _flushInterval = TimeSpan.FromSeconds(5);

    // How often connections whose certificate is about to expire are looked at.
    private static readonly TimeSpan _expiryInterval = TimeSpan.FromSeconds(1);

    // Closing is work: after so many the loop has its turn.
    private const int ClosingsOfATurn = 256;

    private readonly Dictionary<string, WorkerListener> _listeners = new(StringComparer.Ordinal);
    private readonly List<DownstreamConnection> _connections = [];
    private readonly LoopTimer _flush;
    private readonly ConnectionSweep _recheck;
    private Action? _whenEmpty;

    public Worker(int index, ServingServices services)
    {
        Services = services;
        Index = index;
        Loop = new EventLoop($"worker-{index}", exception => LogEscaped(services.Logger, exception), services.Time);
        Balancers = new Balancers(index);
        _flush = new LoopTimer(Loop, LookAtConnections);
        _recheck = new ConnectionSweep(this, _connections, connection => connection.Recheck(Plan!));
    }

    public EventLoop Loop { get; }

    public int Index { get; }

    public ServingServices Services { get; }

    public Balancers Balancers { get; }

    public ServingPlan? Plan { get; private set; }

    /// <summary>Goes over to a plan: new listeners, gone listeners, and what it means for connections that live.</summary>
    public void Apply(ServingPlan plan, IReadOnlyCollection<BoundListener> listeners)
    {
        Plan = plan;
        Balancers.Forget(plan.GoneClusters);
        var kept = listeners.Select(listener => listener.Configuration.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, gone) in _listeners.Where(listener => !kept.Contains(listener.Key)).ToArray())
        {
            gone.Stop(socket => Accept(gone, socket));
            _listeners.Remove(name);
        }

        foreach (var bound in listeners)
        {
            Adopt(bound, plan.Find(bound.Configuration.Name)!);
        }

        _recheck.Start();
    }

    /// <summary>Calls back when every connection has gone over to the plan.</summary>
    public void WhenSettled(Action callback) => _recheck.WhenDone(callback);

    /// <summary>A connection was made with a certificate that expires.</summary>
    /// <param name="endsFrom">Loop milliseconds from which on it should end.</param>
    public void NoteExpiry(long endsFrom)
    {
        if (endsFrom < Loop.Now + (long)_flushInterval.TotalMilliseconds && _flush.Deadline > Loop.Now + (long)_expiryInterval.TotalMilliseconds)
        {
            _flush.Start(_expiryInterval);
        }
    }

    /// <summary>Stops accepting; connections live on.</summary>
    public void StopAccepting(bool inboundOnly)
    {
        foreach (var listener in _listeners.Values)
        {
            if (!inboundOnly || listener.Plan.Listener.Direction == TrafficDirection.Inbound)
            {
                listener.Stop(socket => Accept(listener, socket));
            }
        }
    }

    public void CloseConnections(CloseReason reason)
    {
        foreach (var connection in _connections.ToArray())
        {
            connection.Close(reason);
        }
    }

    /// <summary>Calls back, once, as soon as no connection lives.</summary>
    public void WhenEmpty(Action callback)
    {
        _whenEmpty = callback;
        TellWhenEmpty();
    }

    public void Remove(DownstreamConnection connection)
    {
        var last = _connections[^1];
        _connections[connection.Index] = last;
        last.Index = connection.Index;
        _connections.RemoveAt(_connections.Count - 1);
        Services.Connections.Decrement();
        TellWhenEmpty();
    }

    public void Dispose() => Loop.Dispose();

    private void Adopt(BoundListener bound, ListenerPlan plan)
    {
        if (_listeners.TryGetValue(bound.Configuration.Name, out var listener) && ReferenceEquals(listener.Bound, bound))
        {
            listener.Plan = plan;
            return;
        }

        // The new sockets listen already: a connection that comes now finds one.
        listener?.Stop(socket => Accept(listener, socket));
        var added = new WorkerListener(plan, bound);
        _listeners[bound.Configuration.Name] = added;
        foreach (var socket in bound.SocketsOf(Index))
        {
            added.Add(socket);
            socket.Paused = pause => NotePause(added, pause);
            socket.MayAccept = Services.HasRoom;
            Loop.Observe(socket.RunAsync(accepted => Accept(added, accepted)));
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The connection owns its sockets and itself until it ends.")]
    private void Accept(WorkerListener listener, TcpSocket socket)
    {
        Services.Connections.Increment();
        var connection = new DownstreamConnection(this, listener, socket) { Index = _connections.Count };
        _connections.Add(connection);
        if (!_flush.IsRunning)
        {
            _flush.Start(_flushInterval);
        }

        Loop.Observe(connection.ServeAsync());
    }

    private void NotePause(WorkerListener listener, AcceptPause pause)
    {
        listener.Plan.Stats.AcceptPauses.Add();
        LogAcceptPaused(Services.Logger, listener.Plan.Listener.Name, Errno.Describe(pause.ErrorNumber), pause.Delay.TotalMilliseconds);
    }

    private void LookAtConnections()
    {
        var soon = Loop.Now + (long)_flushInterval.TotalMilliseconds;
        var endsSoon = false;
        var closings = 0;

        // Backwards, because closing may take a connection out of the list.
        for (var index = _connections.Count - 1; index >= 0 && closings < ClosingsOfATurn; index = Math.Min(index, _connections.Count) - 1)
        {
            var connection = _connections[index];
            closings += connection.EndWithCertificate() ? 1 : 0;
            endsSoon |= connection.EndsFrom < soon;
            connection.FlushBytes();
        }

        // An idle loop sleeps: the next connection starts the timer again.
        if (_connections.Count > 0)
        {
            _flush.Start(closings >= ClosingsOfATurn ? TimeSpan.Zero : endsSoon ? _expiryInterval : _flushInterval);
        }
    }

    private void TellWhenEmpty()
    {
        if (_connections.Count == 0 && _whenEmpty is { } callback)
        {
            _whenEmpty = null;
            callback();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "listener {Listener} accepts nothing for {Milliseconds} ms: {Reason}")]
    private static partial void LogAcceptPaused(ILogger logger, string listener, string reason, double milliseconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "a connection ended in a defect of the proxy")]
    private static partial void LogEscaped(ILogger logger, Exception exception);
}
