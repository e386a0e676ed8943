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

namespace Intercept.Proxy.Serving;

/// <summary>
/// One connection from accept to access log, stage by stage: where to, which chain, who is it, may it, connect, relay.
/// A stage that cannot go on names the one reason why the connection ends.
/// </summary>
internal sealed partial class DownstreamConnection
{
    private static readonly TimeSpan _noTimeout = TimeSpan.FromDays(3650);

    private readonly Worker _worker;
    private readonly TcpSocket _transport;
    private readonly DateTimeOffset _startTime;
    private readonly long _start;
    private ListenerPlan _listener;
    private StreamSocket _downstream;
    private StreamSocket? _upstream;
    private Relay? _relay;
    private ChainQuery _query;
    private ConnectionFacts _facts;
    private ChainPlan? _chain;
    private ClusterPlan? _cluster;
    private ClientTls? _tls;
    private NetEndpoint? _host;
    private Stats.EndpointStats? _hostStats;
    private bool _isRedirected;
    private bool _isInspected;
    private bool _isSecured;
    private bool _knowsDestination;
    private SourceLimit? _sources;
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
        _listener = listener.Plan;
        _transport = transport;
        _downstream = transport;
        _start = worker.Loop.Now;
        _startTime = worker.Services.Time.GetUtcNow();
        _listener.Stats.Connections.Add();
        _listener.Stats.Active.Increment();
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
        if (!FindDestination() || !FindListener() || !EnterSource())
        {
            return;
        }

        if (_listener.MustInspect(_query.Destination) && !await InspectAsync())
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

    private bool PickHost(out NetEndpoint host)
    {
        host = _query.Destination;
        var name = WeightedClusterPicker.Pick(_chain!.Chain.Proxy.Clusters, Random.Shared);
        if (_worker.Plan!.FindCluster(name) is not { } cluster)
        {
            return End(CloseReason.NoCluster, $"there is no cluster {name}");
        }

        if (!PickHost(cluster, out host) || !HasContext(_tls))
        {
            return false;
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

    private bool PickHost(ClusterPlan cluster, out NetEndpoint host)
    {
        host = _query.Destination;
        if (cluster.Cluster.Type == Mesh.Clusters.ClusterType.OriginalDestination)
        {
            host = host with { Port = cluster.Cluster.OriginalDestinationPortOverride ?? host.Port };
            _tls = cluster.TransportOfOriginalDestination;
            return _knowsDestination
                || End(CloseReason.NoOriginalDestination, $"cluster {cluster.Cluster.Name} asks for one; the listener does not recover it");
        }

        if (!_worker.Balancers.TryPick(cluster, out var picked))
        {
            cluster.Stats.NoHealthyEndpoint.Add();
            return End(CloseReason.UpstreamNoHealthyEndpoint, $"cluster {cluster.Cluster.Name}");
        }

        host = picked.Endpoint;
        _tls = cluster.Transports[picked.Transport];
        return true;
    }

    private async ValueTask<bool> ConnectAsync(NetEndpoint host)
    {
        var presents = _worker.Services.PresentsClients && _listener.Listener.Direction == TrafficDirection.Inbound;
        var opened = await UpstreamConnector.ConnectAsync(_worker.Loop, _cluster!, host, presents ? _query.Source : null);
        _upstream = opened.Socket;

        // Not when it was closed from outside while it connected. The context is asked for now: another plan may have come.
        if (opened.Socket is TcpSocket transport && _reason == CloseReason.None && _tls is { } tls)
        {
            if (tls.Source.Current is not { } context)
            {
                return HasContext(tls);
            }

            opened = await UpstreamConnector.SecureAsync(transport, context, tls, _cluster!);
            _upstream = opened.Socket;
            NoteExpiry((opened.Socket as TlsSocket)?.ValidUntil);
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
}
