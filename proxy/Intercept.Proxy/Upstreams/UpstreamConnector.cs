using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Addressing;
using Intercept.Core.Outcomes;
using Intercept.Linux;
using Intercept.Proxy.Plans;
using Intercept.Proxy.TlsContexts;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.Upstreams;

/// <summary>Opens connections to hosts of a cluster, then secures them with the cluster's TLS.</summary>
internal static class UpstreamConnector
{
    // Twice the time of a reasonable network away from dead: probes find a silent peer in two minutes, not two hours.
    private static readonly KeepAlive _keepAlive = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(15), 4);

    /// <param name="loop">The connection's loop.</param>
    /// <param name="cluster">Whose limit has been taken already.</param>
    /// <param name="host">The host that was picked.</param>
    /// <param name="client">Whom the host is to take for its client, where it is in this namespace.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The result owns the connection.")]
    public static async ValueTask<UpstreamResult> ConnectAsync(EventLoop loop, ClusterPlan cluster, NetEndpoint host, NetEndpoint? client)
    {
        var options = new ConnectOptions
        {
            Timeout = cluster.Cluster.ConnectTimeout,
            BindAddress = BindAddressFor(cluster.Cluster.BindAddresses, host.Address.IsIPv6),
            KeepAlive = _keepAlive,
            PresentedClient = client,
        };
        var connected = await TcpSocket.ConnectAsync(loop, host, options);
        if (!connected.IsConnected)
        {
            (connected.Failure == ConnectFailure.TimedOut ? cluster.Stats.ConnectTimeouts : cluster.Stats.ConnectFailures).Add();
            return UpstreamResult.Failed(ReasonOf(connected), Errno.Describe(connected.ErrorNumber));
        }

        return UpstreamResult.Opened(connected.Socket);
    }

    /// <param name="transport">Owned from now on.</param>
    /// <param name="context">Of the plan in effect now: contexts of one that was replaced meanwhile are gone.</param>
    /// <param name="tls">Whom to accept.</param>
    /// <param name="cluster">The cluster in that plan.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The result owns the connection.")]
    public static async ValueTask<UpstreamResult> SecureAsync(TcpSocket transport, TlsClientContext context, ClientTls tls, ClusterPlan cluster)
    {
        var socket = TlsSocket.Connect(transport, context, tls.Configuration.ServerName, tls.Rule);
        var result = await socket.HandshakeAsync(cluster.Cluster.ConnectTimeout);
        cluster.Stats.Tls.Note(result, result.IsCompleted && socket.IsResumed);
        if (result.IsCompleted)
        {
            return UpstreamResult.Opened(socket);
        }

        socket.Dispose();
        return UpstreamResult.Failed(ReasonOf(result.Outcome), HandshakeText.Describe(result));
    }

    private static NetAddress? BindAddressFor(ImmutableArray<NetAddress> addresses, bool isIPv6)
    {
        foreach (var address in addresses)
        {
            if (address.IsIPv6 == isIPv6)
            {
                return address;
            }
        }

        return null;
    }

    private static CloseReason ReasonOf(in ConnectResult result) => result.Failure switch
    {
        ConnectFailure.Refused => CloseReason.UpstreamConnectRefused,
        ConnectFailure.TimedOut => CloseReason.UpstreamConnectTimeout,
        ConnectFailure.OutOfDescriptors => CloseReason.OutOfDescriptors,
        _ => result.ErrorNumber == Errno.ConnectionReset ? CloseReason.UpstreamReset : CloseReason.UpstreamUnreachable,
    };

    private static CloseReason ReasonOf(HandshakeOutcome outcome) => outcome switch
    {
        HandshakeOutcome.TimedOut => CloseReason.TlsUpstreamHandshakeTimeout,
        HandshakeOutcome.PeerRefused => CloseReason.TlsUpstreamPeerRefused,
        _ => CloseReason.TlsUpstreamHandshakeFailed,
    };
}
