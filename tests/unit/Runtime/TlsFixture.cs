using Intercept.Core.Addressing;
using Intercept.Core.Identity;
using Intercept.Linux;
using Intercept.Runtime.Sockets;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Two TLS ends on one loop.</summary>
internal sealed class TlsFixture : IDisposable
{
    internal const string Client = "spiffe://cluster.local/ns/default/sa/client";
    internal const string Server = "spiffe://cluster.local/ns/default/sa/server";

    /// <param name="time">What the loop goes by; null is the system's.</param>
    internal TlsFixture(MovedTime? time = null) => Loop = new LoopFixture(time);

    internal LoopFixture Loop { get; }

    internal TestAuthority Authority { get; } = new();

    internal TlsContextOptions Options((PemFile Chain, PemFile Key)? credential, TestAuthority? trusted = null) => new()
    {
        CertificateChain = credential?.Chain,
        PrivateKey = credential?.Key,
        TrustBundle = (trusted ?? Authority).Bundle,
        PeerRule = OnlyClusterLocal,
    };

    internal TlsServerContext ServerContext(TlsContextOptions? options = null)
    {
        Assert.True(
            TlsServerContext.TryBuild(options ?? Options(Authority.Issue(Server)), TimeProvider.System, out var context, out var problems),
            string.Join("; ", problems));
        return context;
    }

    internal TlsClientContext ClientContext(TlsContextOptions? options = null)
    {
        Assert.True(
            TlsClientContext.TryBuild(options ?? Options(Authority.Issue(Client)), TimeProvider.System, out var context, out var problems),
            string.Join("; ", problems));
        return context;
    }

    /// <summary>One handshake over loopback, then the server's greeting and its end.</summary>
    internal async Task<TlsMeeting> MeetAsync(TlsServerContext server, TlsClientContext client, string? serverName = null, PeerRule? rule = null)
    {
        var atServer = new TaskCompletionSource<TlsEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ListenerLease(Loop, await Loop.ListenAsync(async transport =>
        {
            using var socket = TlsSocket.Accept(transport, server);
            var handshake = await socket.HandshakeAsync(Patience.WithATask);
            if (handshake.IsCompleted)
            {
                socket.Send("hello"u8);
                socket.ShutdownSend();
            }

            atServer.SetResult(TlsEnd.Of(socket, handshake, handshake.IsCompleted ? await ReadToEndAsync(socket) : ""));
        }));
        var atClient = await Loop.OnLoopAsync(async () =>
        {
            var connected = await TcpSocket.ConnectAsync(
                Loop.Loop, listener.Endpoint, new ConnectOptions { Timeout = Patience.WithATask });
            using var socket = TlsSocket.Connect(connected.Socket!, client, serverName, rule);
            var handshake = await socket.HandshakeAsync(Patience.WithATask);
            var text = "";
            if (handshake.IsCompleted)
            {
                text = await ReadToEndAsync(socket);
                socket.Send("bye"u8);
                socket.ShutdownSend();
            }

            return TlsEnd.Of(socket, handshake, text);
        });
        return new TlsMeeting(await atServer.Task.WaitAsync(Patience.WithATask), atClient);
    }

    public void Dispose()
    {
        Loop.Dispose();
        Authority.Dispose();
        Assert.Empty(Loop.Escaped);
    }

    private static PeerVerdict OnlyClusterLocal(SpiffeId id, SpiffeId? own) =>
        id.TrustDomain != "cluster.local" ? PeerVerdict.TrustDomainRefused
        : id.ServiceAccount == "unwanted" ? PeerVerdict.SanRefused
        : PeerVerdict.Accepted;

    private static async ValueTask<string> ReadToEndAsync(TlsSocket socket)
    {
        var text = "";
        while (true)
        {
            var buffer = new byte[100];
            var result = socket.Receive(buffer);
            switch (result.Status)
            {
                case IoStatus.Done:
                    text += System.Text.Encoding.ASCII.GetString(buffer, 0, result.Bytes);
                    break;
                case IoStatus.WouldBlock:
                    await socket.ReadableAsync();
                    break;
                case IoStatus.EndOfStream:
                    return text + "|end";
                default:
                    return $"{text}|{result}|{socket.FailureText}";
            }
        }
    }

    internal sealed record TlsEnd(
        HandshakeResult Handshake, string? Peer, string Version, string Cipher, string? Alpn, string? ServerName, string Text)
    {
        internal static TlsEnd Of(TlsSocket socket, HandshakeResult handshake, string text) => new(
            handshake, socket.Peer?.Identity.Text, socket.Version, handshake.IsCompleted ? socket.Cipher : "", socket.Alpn, socket.ServerName, text);
    }

    internal sealed record TlsMeeting(TlsEnd Server, TlsEnd Client);

    private sealed class ListenerLease(LoopFixture loop, TcpListenerSocket listener) : IDisposable
    {
        internal NetEndpoint Endpoint => listener.LocalEndpoint;

        public void Dispose() => loop.Loop.Post(listener.Dispose);
    }
}
