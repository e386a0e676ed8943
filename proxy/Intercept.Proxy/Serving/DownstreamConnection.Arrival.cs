using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Mesh.Policy;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.Serving;

/// <summary>Where a connection was going, and which filter chain serves it.</summary>
internal sealed partial class DownstreamConnection
{
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
}
