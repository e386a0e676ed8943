using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Intercept.Capture.Verification;

/// <summary>The connecting child of a verification: makes every connection it is told to make, at once, and says who got each.</summary>
/// <param name="token">What a listener of ours sends back.</param>
/// <param name="proxyPorts">The ports that may have got a connection.</param>
/// <param name="socketTables">The directory with the socket tables of the namespace that is verified.</param>
internal sealed class ConnectProbe(string token, IReadOnlyCollection<ushort> proxyPorts, string socketTables)
{
    private static readonly TimeSpan _tableInterval = TimeSpan.FromMilliseconds(20);

    public Task<ProbeAnswer[]> RunAsync(IEnumerable<ProbeTarget> targets, CancellationToken cancellation) =>
        Task.WhenAll(targets.Select(target => ProbeAsync(target, cancellation)));

    private async Task<ProbeAnswer> ProbeAsync(ProbeTarget target, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(target.Timeout);
        var address = target.Destination.Address.ToIPAddress();
        var remote = new IPEndPoint(target.Mapped ? address.MapToIPv6() : address, target.Destination.Port);
        using var socket = target.Udp
            ? new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (target.Mapped)
        {
            socket.DualMode = true;
        }

        try
        {
            await socket.ConnectAsync(remote, deadline.Token);
            return target.UsesToken
                ? await ExchangeAsync(socket, deadline.Token)
                : await LookUpAsync(socket, target, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return new ProbeAnswer(0, "", "timeout");
        }
        catch (SocketException failure)
        {
            return new ProbeAnswer(0, "", failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "refused",
                SocketError.ConnectionReset => "reset",
                SocketError.NetworkUnreachable or SocketError.HostUnreachable => "unreachable",
                _ => failure.SocketErrorCode.ToString(),
            });
        }
    }

    private async Task<ProbeAnswer> ExchangeAsync(Socket socket, CancellationToken cancellation)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{token}\n"), cancellation);
        var buffer = new byte[256];
        var length = await socket.ReceiveAsync(buffer, cancellation);

        // "TOKEN PORT ORIGINAL-DESTINATION"; anything else is a stranger who happened to answer.
        var fields = Encoding.ASCII.GetString(buffer, 0, length).Trim().Split(' ');
        return fields is [var echoed, var port, var destination] && echoed == token
            ? ProbeAnswer.Parse($"{port} {destination} token")
            : new ProbeAnswer(0, "", "connected");
    }

    private async Task<ProbeAnswer> LookUpAsync(Socket socket, ProbeTarget target, CancellationToken cancellation)
    {
        var localPort = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        while (!cancellation.IsCancellationRequested)
        {
            if (SocketTable.PeerOf(socketTables, localPort, proxyPorts) is var port and not 0)
            {
                return new ProbeAnswer(port, "", "table");
            }

            // Somebody holds the connection at a port that nobody listens on: it was given to a listener elsewhere.
            if (target.TproxyPort != 0 && SocketTable.PeerOf(socketTables, localPort, [target.Destination.Port]) != 0
                && !SocketTable.Listens(socketTables, target.Destination.Port))
            {
                return new ProbeAnswer(target.TproxyPort, "", "table");
            }

            await Task.Delay(_tableInterval, CancellationToken.None);
        }

        return new ProbeAnswer(0, "", "connected");
    }
}
