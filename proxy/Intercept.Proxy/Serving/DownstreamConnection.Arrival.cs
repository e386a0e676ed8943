using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Mesh.Policy;
using Intercept.Runtime.Tls;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>Where a connection was going, and which filter chain serves it.</summary>
internal sealed partial class DownstreamConnection
{
    private bool FindDestination()
    {
        var local = _transport.LocalEndpoint;
        var destination = local;
        if (_listener.Listener.RecoversOriginalDestination)
        {
            var original = _transport.OriginalDestination;
            destination = original ?? local;
            _knowsDestination = true;
            _isRedirected = destination != local;
            if (IsOwnPort(destination, local))
            {
                _listener.Stats.OwnPort.Add();
                return End(CloseReason.OriginalDestinationIsListener);
            }
        }

        _query = ChainQuery.Plain(_transport.RemoteEndpoint, destination);
        _facts = new ConnectionFacts(_query.Source, destination, null, null);
        return true;
    }

    /// <summary>Hands it over to the listener of its original destination, where this one does that and there is one.</summary>
    private bool FindListener()
    {
        if (_listener.Listener.HandsOver && _worker.Plan!.ListenerOf(_query.Destination) is { } other)
        {
            _listener.Stats.Active.Decrement();
            _listener = other;
            _listener.Stats.Connections.Add();
            _listener.Stats.Active.Increment();
        }

        if (_listener.Refusal is not { } why)
        {
            return true;
        }

        _listener.Stats.Refused.Add();
        if (_listener.TryTellRefusal())
        {
            LogRefused(_worker.Services.Logger, _listener.Listener.Name, why);
        }

        return End(CloseReason.ListenerRefused, why);
    }

    /// <summary>A connection that was not redirected, or that meant the proxy's own port: passing it on would go round in a circle.</summary>
    private bool IsOwnPort(NetEndpoint destination, NetEndpoint local) =>
        _worker.Plan!.IsListenerPort(destination.Port)
        && (destination.Address == local.Address || destination.Address.IsLoopback || _listener.Listener.Direction == TrafficDirection.Inbound);

    private bool EnterSource()
    {
        var limit = _listener.Listener.MaximumConnectionsPerSource;
        if (limit == 0)
        {
            return true;
        }

        if (!_listener.Sources.TryEnter(_query.Source.Address, limit))
        {
            _listener.Stats.OverSourceLimit.Add();
            return End(CloseReason.DownstreamOverLimit, $"{_query.Source.Address} holds {limit} connections");
        }

        _sources = _listener.Sources;
        return true;
    }

    /// <summary>Looks at the first bytes, without taking them.</summary>
    private async ValueTask<bool> InspectAsync()
    {
        var listener = _listener.Listener;
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
                    _listener.Stats.FirstBytesTimeouts.Add();
                    return true;
                case IoStatus.WouldBlock:
                    _listener.Stats.FirstBytesTimeouts.Add();
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
            _listener.Stats.Tls.Note(new HandshakeResult(HandshakeOutcome.ProtocolError, default, ""), isResumed: false);
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
        _chain = _listener.Select(_query);
        if (_chain is null)
        {
            _listener.Stats.NoFilterChain.Add();
            return End(CloseReason.NoFilterChain);
        }

        _chain.Stats.Connections.Add();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "listener {Listener} was refused: what arrives for it is closed. {Why}")]
    private static partial void LogRefused(ILogger logger, string listener, string why);
}
