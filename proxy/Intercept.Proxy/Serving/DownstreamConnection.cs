using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Mesh.LoadBalancing;
using Intercept.Mesh.Policy;
using Intercept.Proxy.Plans;
using Intercept.Proxy.TlsContexts;
using Intercept.Proxy.Upstreams;
using Intercept.Runtime.Relays;
using Intercept.Runtime.Sockets;
using Intercept.Runtime.Tls;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>
/// One connection from accept to access log, stage by stage: where to, which chain, who is it, may it, connect, relay.
/// A stage that cannot go on names the one reason why the connection ends.
/// </summary>
internal sealed partial class DownstreamConnection
{
    private const byte HandshakeRecord = 22;

    private static readonly TimeSpan _noTimeout = TimeSpan.FromDays(3650);

    private readonly Worker _worker;
    private readonly WorkerListener _listener;
    private readonly TcpSocket _transport;
    private readonly DateTimeOffset _startTime;
    private readonly long _start;
    private StreamSocket _downstream;
    private StreamSocket? _upstream;
    private Relay? _relay;
    private ChainQuery _query;
    private ConnectionFacts _facts;
    private ChainPlan? _chain;
    private ClusterPlan? _cluster;
    private NetEndpoint? _host;
    private Stats.EndpointStats? _hostStats;
    private bool _isRedirected;
    private bool _isInspected;
    private bool _isSecured;
    private bool _holdsSource;
    private string? _policy;
    private string? _detail;
    private CloseReason _reason;
    private Blame _blame;
    private RelayOutcome _relayed;
    private long _flushedToUpstream;
    private long _flushedToDownstream;

    public DownstreamConnection(Worker worker, WorkerListener listener, TcpSocket transport)
    {
        _worker = worker;
        _listener = listener;
        _transport = transport;
        _downstream = transport;
        _start = worker.Loop.Now;
        _startTime = worker.Services.Time.GetUtcNow();
        listener.Plan.Stats.Connections.Add();
        listener.Plan.Stats.Active.Increment();
    }

    /// <summary>Where it stands in the worker's list.</summary>
    public int Index { get; set; }

    public async Task ServeAsync()
    {
        try
        {
            await RunStagesAsync();
        }
        finally
        {
            Finish();
        }
    }

    /// <summary>Ends it from outside: drain, or a plan that has no place for it. The first reason stands.</summary>
    public void Close(CloseReason reason)
    {
        if (_reason != CloseReason.None)
        {
            return;
        }

        if (_relay is not null)
        {
            _relay.Close(reason);
            return;
        }

        End(reason);
        _downstream.Abort();
        _upstream?.Abort();
    }

    /// <summary>Brings the byte counters up to date.</summary>
    public void FlushBytes()
    {
        if (_relay is null)
        {
            return;
        }

        var toUpstream = _relay.BytesToUpstream - _flushedToUpstream;
        var toDownstream = _relay.BytesToDownstream - _flushedToDownstream;
        if ((toUpstream | toDownstream) == 0)
        {
            return;
        }

        _flushedToUpstream += toUpstream;
        _flushedToDownstream += toDownstream;
        _chain!.Stats.Received.Add(toUpstream);
        _chain.Stats.Sent.Add(toDownstream);
        _cluster!.Stats.Sent.Add(toUpstream);
        _cluster.Stats.Received.Add(toDownstream);
        _hostStats?.Sent.Add(toUpstream);
        _hostStats?.Received.Add(toDownstream);
    }

    private async ValueTask RunStagesAsync()
    {
        if (!FindDestination() || !EnterSource())
        {
            return;
        }

        if (_listener.Plan.MustInspect(_query.Destination) && !await InspectAsync())
        {
            return;
        }

        if (!SelectChain() || (_chain.Tls is not null && !await SecureAsync()))
        {
            return;
        }

        if (!Authorize() || !PickHost(out var host) || !await ConnectAsync(host))
        {
            return;
        }

        await RelayAsync();
    }

    private bool FindDestination()
    {
        var local = _transport.LocalEndpoint;
        var destination = local;
        if (_listener.Plan.Listener.RecoversOriginalDestination)
        {
            var original = _transport.OriginalDestination;
            destination = original ?? local;
            _isRedirected = destination != local;
            if (IsOwnPort(destination, local))
            {
                _listener.Plan.Stats.OwnPort.Add();
                return End(CloseReason.OriginalDestinationIsListener);
            }
        }

        _query = ChainQuery.Plain(_transport.RemoteEndpoint, destination);
        _facts = new ConnectionFacts(_query.Source, destination, null, null);
        return true;
    }

    /// <summary>A connection that was not redirected, or that meant the proxy's own port: passing it on would go round in a circle.</summary>
    private bool IsOwnPort(NetEndpoint destination, NetEndpoint local) =>
        _worker.Plan!.IsListenerPort(destination.Port)
        && (destination.Address == local.Address || destination.Address.IsLoopback || _listener.Plan.Listener.Direction == TrafficDirection.Inbound);

    private bool EnterSource()
    {
        var limit = _listener.Plan.Listener.MaximumConnectionsPerSource;
        if (limit == 0)
        {
            return true;
        }

        if (!_listener.Sources.TryEnter(_query.Source.Address, limit))
        {
            _listener.Plan.Stats.OverSourceLimit.Add();
            return End(CloseReason.DownstreamOverLimit, $"{_query.Source.Address} holds {limit} connections");
        }

        _holdsSource = true;
        return true;
    }

    /// <summary>Looks at the first bytes, without taking them.</summary>
    private async ValueTask<bool> InspectAsync()
    {
        var listener = _listener.Plan.Listener;
        var deadline = listener.ListenerFiltersTimeout > TimeSpan.Zero ? _worker.Loop.Now + (long)listener.ListenerFiltersTimeout.TotalMilliseconds : long.MaxValue;
        var seen = 0;
        while (true)
        {
            var left = deadline == long.MaxValue ? _noTimeout : TimeSpan.FromMilliseconds(Math.Max(0, deadline - _worker.Loop.Now));
            var peeked = await _transport.PeekAsync(seen, left);
            switch (peeked.Status)
            {
                case IoStatus.Done:
                    var status = ClientHello.TryRead(_worker.Loop.Buffers.Scratch.Span[..peeked.Bytes], out var hello);
                    if (status == ClientHelloStatus.NeedMore)
                    {
                        seen = peeked.Bytes;
                        continue;
                    }

                    return Inspected(status, hello);
                case IoStatus.WouldBlock when listener.ContinuesOnListenerFiltersTimeout:
                    _listener.Plan.Stats.FirstBytesTimeouts.Add();
                    return true;
                case IoStatus.WouldBlock:
                    _listener.Plan.Stats.FirstBytesTimeouts.Add();
                    return End(CloseReason.DownstreamListenerTimeout, $"sent {(seen == 0 ? "nothing" : "half a ClientHello")}");
                default:
                    return Lost(peeked);
            }
        }
    }

    private bool Inspected(ClientHelloStatus status, ClientHello? hello)
    {
        _isInspected = true;
        if (status == ClientHelloStatus.Malformed)
        {
            _listener.Plan.Stats.Tls.Note(new HandshakeResult(HandshakeOutcome.ProtocolError, default, ""), isResumed: false);
            return End(CloseReason.TlsDownstreamHandshakeFailed, "malformed or oversized ClientHello");
        }

        if (hello is not null)
        {
            _query = _query with { Transport = DetectedTransport.Tls, ServerName = hello.ServerName, ApplicationProtocols = hello.AlpnProtocols };
            _facts = _facts with { ServerName = hello.ServerName };
        }

        return true;
    }

    [MemberNotNullWhen(true, nameof(_chain))]
    private bool SelectChain()
    {
        _chain = _listener.Plan.Select(_query);
        if (_chain is null)
        {
            _listener.Plan.Stats.NoFilterChain.Add();
            return End(CloseReason.NoFilterChain);
        }

        _chain.Stats.Connections.Add();
        return true;
    }

    private async ValueTask<bool> SecureAsync()
    {
        var timeout = _chain!.Chain.TransportSocketConnectTimeout;
        timeout = timeout > TimeSpan.Zero ? timeout : _noTimeout;
        var stats = _listener.Plan.Stats.Tls;
        if (!await ExpectTlsAsync(timeout) || _reason != CloseReason.None)
        {
            return false;
        }

        // Asked for after the wait: meanwhile another plan may have come, and the contexts of this one gone.
        var socket = TlsSocket.Accept(_transport, _chain.Tls!.Current);
        _downstream = socket;
        var result = await socket.HandshakeAsync(timeout);
        stats.Note(result, result.IsCompleted && socket.IsResumed);
        if (result.IsCompleted)
        {
            _isSecured = true;
            _facts = _facts with { Peer = socket.Peer?.Identity, ServerName = socket.ServerName ?? _facts.ServerName };
            return true;
        }

        return End(
            result.Outcome switch
            {
                HandshakeOutcome.TimedOut => CloseReason.TlsDownstreamHandshakeTimeout,
                HandshakeOutcome.PeerRefused when result.Verdict == PeerVerdict.NoCertificate => CloseReason.TlsDownstreamNoCertificate,
                HandshakeOutcome.PeerRefused => CloseReason.TlsDownstreamPeerRefused,
                HandshakeOutcome.Aborted => CloseReason.Drained,
                _ => CloseReason.TlsDownstreamHandshakeFailed,
            },
            HandshakeText.Describe(result));
    }

    /// <summary>Tells plaintext from a handshake that fails: the first byte of TLS is that of a handshake record.</summary>
    private async ValueTask<bool> ExpectTlsAsync(TimeSpan timeout)
    {
        if (_isInspected)
        {
            return _query.Transport == DetectedTransport.Tls || RefusePlaintext();
        }

        var peeked = await _transport.PeekAsync(0, timeout);
        switch (peeked.Status)
        {
            case IoStatus.Done:
                return _worker.Loop.Buffers.Scratch.Span[0] == HandshakeRecord || RefusePlaintext();
            case IoStatus.WouldBlock:
                _listener.Plan.Stats.Tls.Note(new HandshakeResult(HandshakeOutcome.TimedOut, default, ""), isResumed: false);
                return End(CloseReason.TlsDownstreamHandshakeTimeout, "sent nothing");
            default:
                return Lost(peeked);
        }
    }

    private bool RefusePlaintext()
    {
        _listener.Plan.Stats.Tls.PlaintextRefused.Add();
        return End(CloseReason.TlsDownstreamPlaintextRefused);
    }

    private bool Authorize()
    {
        var decision = _chain!.Evaluate(_facts);
        _policy = decision.PolicyName;
        if (decision.Allowed)
        {
            return true;
        }

        LogDenied(_worker.Services.Logger, decision.PolicyName, _facts.Peer?.Text ?? "no identity", _facts.Source, _facts.Destination);
        return End(CloseReason.PolicyDenied);
    }

    private bool PickHost(out NetEndpoint host)
    {
        var name = WeightedClusterPicker.Pick(_chain!.Chain.Proxy.Clusters, Random.Shared);
        var cluster = _chain.Clusters[name];
        host = _query.Destination;
        if (cluster.Cluster.Type == Mesh.Clusters.ClusterType.OriginalDestination)
        {
            if (!_listener.Plan.Listener.RecoversOriginalDestination)
            {
                return End(CloseReason.NoOriginalDestination, $"cluster {name} asks for one; the listener does not recover it");
            }

            host = host with { Port = cluster.Cluster.OriginalDestinationPortOverride ?? host.Port };
        }
        else if (!_worker.Balancers.TryPick(cluster, out host))
        {
            cluster.Stats.NoHealthyEndpoint.Add();
            return End(CloseReason.UpstreamNoHealthyEndpoint, $"cluster {name}");
        }

        if (!cluster.Stats.Active.TryIncrement(cluster.Cluster.MaximumConnections))
        {
            cluster.Stats.Overflows.Add();
            return End(CloseReason.UpstreamOverLimit, $"cluster {name} has {cluster.Cluster.MaximumConnections} connections");
        }

        _cluster = cluster;
        _host = host;
        cluster.Stats.Connections.Add();
        if (cluster.Cluster.Type != Mesh.Clusters.ClusterType.OriginalDestination)
        {
            _hostStats = cluster.Stats.Of(host);
            _hostStats.Connections.Add();
            _hostStats.Active.Increment();
        }

        return true;
    }

    private async ValueTask<bool> ConnectAsync(NetEndpoint host)
    {
        var opened = await UpstreamConnector.ConnectAsync(_worker.Loop, _cluster!, host);
        _upstream = opened.Socket;

        // Not when it was closed from outside while it connected. The cluster is asked for again: another plan may have come.
        if (opened.Socket is TcpSocket transport && _reason == CloseReason.None && _cluster!.Tls is { } tls)
        {
            opened = await UpstreamConnector.SecureAsync(transport, tls, _cluster);
            _upstream = opened.Socket;
        }

        if (opened.Socket is null)
        {
            _hostStats?.ConnectFailures.Add();
            return End(opened.Reason, opened.Detail);
        }

        return _reason == CloseReason.None;
    }

    private async ValueTask RelayAsync()
    {
        _relay = new Relay(_downstream, _upstream!, _chain!.Relaying);
        _relayed = await _relay.RunAsync();
        if (_relayed.Reason == CloseReason.DownstreamIdleTimeout)
        {
            _chain.Stats.IdleTimeouts.Add();
        }

        _reason = _relayed.Reason;
        _blame = _relayed.Blame;
    }

    private bool Lost(IoResult result)
    {
        if (result.Errno == Errno.Cancelled)
        {
            return false;
        }

        return result.Status == IoStatus.EndOfStream
            ? End(CloseReason.DownstreamClosed)
            : End(CloseReason.DownstreamReset, Errno.Describe(result.Errno));
    }

    /// <returns>Always false: the stage that ends it goes no further.</returns>
    private bool End(CloseReason reason, string? detail = null)
    {
        if (_reason == CloseReason.None)
        {
            _reason = reason;
            _blame = reason.DefaultBlame();
            _detail = detail;
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "policy {Policy} denies {Peer} from {Source} to {Destination}")]
    private static partial void LogDenied(ILogger logger, string? policy, string peer, NetEndpoint source, NetEndpoint destination);
}
