using Intercept.Core.Outcomes;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.AccessLogs;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.Serving;

/// <summary>The end of a connection: its sockets, its counters, its line in the access log.</summary>
internal sealed partial class DownstreamConnection
{
    /// <summary>The stream was cut, not ended: both sides must be able to tell, so they get a reset.</summary>
    private bool IsCut => _reason is
        CloseReason.PolicyChanged or CloseReason.ConfigurationRemoved or CloseReason.Drained or CloseReason.CertificateExpiring or CloseReason.InternalError
        or CloseReason.OutOfDescriptors or (>= CloseReason.UpstreamReset and < CloseReason.PolicyDenied)
        or (>= CloseReason.TlsUpstreamHandshakeFailed and < CloseReason.Drained);

    private void Finish()
    {
        if (_reason == CloseReason.None)
        {
            // Only an exception gets here without one.
            End(CloseReason.InternalError);
        }

        FlushBytes();

        // Before the sockets are closed: TLS says nothing of itself afterwards.
        var record = _worker.Services.AccessLog is null ? default : ToRecord();
        CloseSockets();
        Count();
        _worker.Services.AccessLog?.Write(record);
        _worker.Remove(this);
    }

    private void CloseSockets()
    {
        if (IsCut)
        {
            _upstream?.Reset();
            _downstream.Reset();
        }
        else if (_reason == CloseReason.PolicyDenied)
        {
            _ = _downstream.ShutdownSend();
        }

        _upstream?.Dispose();
        _downstream.Dispose();
    }

    private void Count()
    {
        _listener.Stats.Active.Decrement();
        _sources?.Leave(_query.Source.Address);

        _cluster?.Stats.Active.Decrement();
        _hostStats?.Active.Decrement();
        _worker.Services.Closes.Note(_listener.Listener.Direction, _reason, _blame);
    }

    private ConnectionRecord ToRecord()
    {
        var inbound = _downstream as TlsSocket;
        var outbound = _upstream as TlsSocket;
        var listener = _listener.Listener;
        var isOutbound = listener.Direction == TrafficDirection.Outbound;
        return new ConnectionRecord
        {
            StartTime = _startTime,
            Direction = listener.Direction,
            Listener = listener.Name,
            FilterChain = _chain?.Chain.Name,
            DownstreamRemote = _transport.RemoteEndpoint,
            DownstreamLocal = _transport.LocalEndpoint,
            OriginalDestination = _knowsDestination ? _query.Destination : null,
            RequestedServerName = _facts.ServerName,
            SourcePrincipal = isOutbound ? _tls?.Source.LocalIdentity : _facts.Peer,
            DestinationPrincipal = isOutbound ? outbound?.Peer?.Identity : _isSecured ? _chain?.Tls?.LocalIdentity : null,
            DownstreamTlsVersion = _isSecured ? inbound!.Version : null,
            DownstreamTlsCipher = _isSecured ? inbound!.Cipher : null,
            UpstreamTlsVersion = outbound?.Version,
            UpstreamTlsCipher = outbound?.Cipher,
            UpstreamCluster = _cluster?.Cluster.Name,
            UpstreamHost = _host,
            UpstreamLocal = _upstream?.Transport.LocalEndpoint,
            BytesReceived = _relay?.BytesToUpstream ?? 0,
            BytesSent = _relay?.BytesToDownstream ?? 0,
            Duration = TimeSpan.FromMilliseconds(_worker.Loop.Now - _start),
            CloseReason = _reason,
            Blame = _blame,
            Detail = _detail,
            RbacPolicy = _policy,
        };
    }
}
