using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;

namespace Intercept.Runtime.Relays;

/// <summary>
/// Carries bytes both ways between two sockets of one loop until both directions have ended, or something broke. An end
/// of one direction is passed on and leaves the other open; a reset is passed on as a reset. The sockets stay the
/// caller's to dispose.
/// </summary>
public sealed class Relay
{
    private readonly EventLoop _loop;
    private readonly StreamSocket _downstream;
    private readonly StreamSocket _upstream;
    private readonly RelayPump _toUpstream;
    private readonly RelayPump _toDownstream;
    private readonly RelayOptions _options;
    private LoopTimer? _idle;
    private long _lastMove;
    private CloseReason _reason;
    private Blame _blame;
    private CloseReason _firstEnd;

    public Relay(StreamSocket downstream, StreamSocket upstream, RelayOptions options)
    {
        _loop = downstream.Loop;
        _downstream = downstream;
        _upstream = upstream;
        _options = options;
        _toUpstream = new RelayPump(this, downstream, upstream, options.Splice);
        _toDownstream = new RelayPump(this, upstream, downstream, options.Splice);
    }

    public long BytesToUpstream => _toUpstream.Bytes;

    public long BytesToDownstream => _toDownstream.Bytes;

    internal bool IsSplicing => _toUpstream.IsSplicing || _toDownstream.IsSplicing;

    public static Task<RelayOutcome> RunAsync(StreamSocket downstream, StreamSocket upstream, RelayOptions options) =>
        new Relay(downstream, upstream, options).RunAsync();

    public async Task<RelayOutcome> RunAsync()
    {
        _lastMove = _loop.Now;
        if (_options.IdleTimeout is { } idleTimeout)
        {
            _idle = new LoopTimer(_loop, CheckIdle);
            _idle.Start(idleTimeout);
        }

        _downstream.Transport.Pollable.Failed = OnDownstreamFailed;
        _upstream.Transport.Pollable.Failed = OnUpstreamFailed;
        var toUpstream = _toUpstream.RunAsync();
        await _toDownstream.RunAsync();
        await toUpstream;
        _idle?.Stop();
        _downstream.Transport.Pollable.Failed = null;
        _upstream.Transport.Pollable.Failed = null;
        return Outcome();
    }

    /// <summary>Ends the relay from outside: policy, drain, configuration. The first reason stands. Loop thread only.</summary>
    public void Close(CloseReason reason, Blame blame)
    {
        if (_reason != CloseReason.None)
        {
            return;
        }

        _reason = reason;
        _blame = blame;
        _downstream.Abort();
        _upstream.Abort();
    }

    public void Close(CloseReason reason) => Close(reason, reason.DefaultBlame());

    /// <summary>A byte has moved: a field write, where restarting a timer per read would cost two heap moves.</summary>
    internal void Touch() => _lastMove = _loop.Now;

    /// <summary>The source of a direction ended in good order.</summary>
    /// <returns>True when the other direction has ended too: closing says it all.</returns>
    internal bool NoteEnd(RelayPump pump)
    {
        if (_firstEnd == CloseReason.None)
        {
            _firstEnd = ReferenceEquals(pump, _toUpstream) ? CloseReason.DownstreamClosed : CloseReason.UpstreamClosed;
        }

        return _toUpstream.HasEnded && _toDownstream.HasEnded;
    }

    /// <summary>A socket broke: the other side must learn that the stream is incomplete, so it gets a reset.</summary>
    internal void Fail(StreamSocket broken, int errno)
    {
        if (_reason != CloseReason.None || errno == Errno.Cancelled)
        {
            return;
        }

        var isDownstream = ReferenceEquals(broken, _downstream);
        var isTls = errno == Errno.ProtocolError;
        Close((isDownstream, isTls) switch
        {
            (true, false) => CloseReason.DownstreamReset,
            (true, true) => CloseReason.TlsDownstreamError,
            (false, false) => CloseReason.UpstreamReset,
            (false, true) => CloseReason.TlsUpstreamError,
        });
        (isDownstream ? _upstream : _downstream).Reset();
        broken.Reset();
    }

    private void OnDownstreamFailed() => Fail(_downstream, _downstream.Transport.Error);

    private void OnUpstreamFailed() => Fail(_upstream, _upstream.Transport.Error);

    private void CheckIdle()
    {
        var deadline = _lastMove + (long)_options.IdleTimeout.GetValueOrDefault().TotalMilliseconds;
        if (deadline > _loop.Now)
        {
            _idle!.StartAt(deadline);
            return;
        }

        // Blame the side that is silent while the other has ended, else the client, whose connection it is.
        Close(CloseReason.DownstreamIdleTimeout, _toUpstream.HasEnded ? Blame.Upstream : Blame.Downstream);
    }

    private RelayOutcome Outcome()
    {
        var reason = _reason != CloseReason.None ? _reason : _firstEnd;
        var blame = _reason != CloseReason.None ? _blame : _firstEnd.DefaultBlame();
        return new RelayOutcome(reason, blame, BytesToUpstream, BytesToDownstream);
    }
}
