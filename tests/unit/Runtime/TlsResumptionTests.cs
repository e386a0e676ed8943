using System.Collections.Concurrent;
using Intercept.Linux;
using Intercept.Runtime.Sockets;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Sessions that are resumed, and those that must not be.</summary>
public sealed class TlsResumptionTests : IDisposable
{
    private readonly TlsFixture _fixture = new();
    private readonly ConcurrentQueue<End> _atServer = new();
    private TcpListenerSocket? _listener;
    private Func<TlsServerContext>? _serving;

    [Fact]
    public async Task A_session_is_resumed_with_the_identity_that_it_was_made_with()
    {
        using var server = Server();
        using var client = Client();
        await ServeAsync(server);

        Assert.Equal((false, false, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client));
        Assert.Equal((true, true, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client));
        Assert.Equal((true, true, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client));
        Assert.Equal((1, 1), (server.Verifier!.ChainsBuilt, client.Verifier!.ChainsBuilt));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Both_sides_have_to_want_it(bool atServer, bool atClient)
    {
        using var server = Server(atServer);
        using var client = Client(atClient);
        await ServeAsync(server);
        await MeetAsync(client);

        Assert.Equal((false, false, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client));
    }

    [Fact]
    public async Task Another_generation_of_the_server_or_of_the_client_begins_anew()
    {
        using var server = Server();
        using var client = Client();
        await ServeAsync(server);
        await MeetAsync(client);

        using var rotated = Server();
        _serving = () => rotated;
        Assert.Equal((false, false, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client));
        Assert.Equal((true, true, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client));

        using var next = Client();
        Assert.Equal((false, false, TlsFixture.Client, TlsFixture.Server), await MeetAsync(next));
    }

    [Fact]
    public async Task A_session_with_one_server_name_is_not_offered_to_another()
    {
        using var server = Server();
        using var client = Client();
        await ServeAsync(server);
        await MeetAsync(client, "a.svc");

        Assert.Equal((false, false, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client, "b.svc"));
        Assert.Equal((true, true, TlsFixture.Client, TlsFixture.Server), await MeetAsync(client, "a.svc"));
    }

    [Fact]
    public async Task A_peer_whose_certificate_has_expired_since_is_refused()
    {
        using var server = Server();
        await ServeAsync(server);

        // OpenSSL goes by the system's clock: where three seconds are too short for one handshake, there are twice as many.
        for (var lifetime = TimeSpan.FromSeconds(3); ; lifetime *= 2)
        {
            Assert.True(lifetime < Patience.WithATask, "no handshake was done in the life of its certificate");
            var expired = TimeProvider.System.GetUtcNow() + lifetime + TimeSpan.FromSeconds(1.2);
            using var client = Client(credential: _fixture.Authority.Issue([TlsFixture.Client], notAfter: lifetime));
            if ((await MeetAsync(client)).AtServer != TlsFixture.Client)
            {
                continue;
            }

            // Certificates count in whole seconds.
            while (TimeProvider.System.GetUtcNow() < expired)
            {
                await Task.Delay(100);
            }

            await MeetAsync(client);
            Assert.True(_atServer.TryDequeue(out var refused));
            Assert.Equal((true, HandshakeOutcome.PeerRefused, PeerVerdict.Expired), (refused.IsResumed, refused.Handshake.Outcome, refused.Handshake.Verdict));
            return;
        }
    }

    public void Dispose()
    {
        if (_listener is not null)
        {
            _fixture.Loop.Loop.Post(_listener.Dispose);
        }

        _fixture.Dispose();
    }

    private TlsServerContext Server(bool resumes = true) =>
        _fixture.ServerContext(_fixture.Options(_fixture.Authority.Issue(TlsFixture.Server)) with { SessionResumption = resumes });

    private TlsClientContext Client(bool resumes = true, (PemFile Chain, PemFile Key)? credential = null) =>
        _fixture.ClientContext(_fixture.Options(credential ?? _fixture.Authority.Issue(TlsFixture.Client)) with { SessionResumption = resumes });

    private async Task ServeAsync(TlsServerContext context)
    {
        _serving = () => context;
        _listener = await _fixture.Loop.ListenAsync(async transport =>
        {
            using var socket = TlsSocket.Accept(transport, _serving());
            var handshake = await socket.HandshakeAsync(Patience.WithATask);
            _atServer.Enqueue(new End(handshake, socket.IsResumed, socket.Peer?.Identity.Text));
            if (handshake.IsCompleted)
            {
                socket.Send("x"u8);
                socket.ShutdownSend();
                await ReadToEndAsync(socket);
            }
        });
    }

    private async Task<(bool AtServerResumed, bool AtClientResumed, string? AtServer, string? AtClient)> MeetAsync(
        TlsClientContext context, string? serverName = null)
    {
        _atServer.Clear();
        var atClient = await _fixture.Loop.OnLoopAsync(async () =>
        {
            var connected = await TcpSocket.ConnectAsync(
                _fixture.Loop.Loop, _listener!.LocalEndpoint, new ConnectOptions { Timeout = Patience.WithATask });
            using var socket = TlsSocket.Connect(connected.Socket!, context, serverName);
            var handshake = await socket.HandshakeAsync(Patience.WithATask);
            Assert.True(handshake.IsCompleted, $"{handshake}");

            // The ticket comes with the data.
            await ReadToEndAsync(socket);
            socket.ShutdownSend();
            return new End(handshake, socket.IsResumed, socket.Peer?.Identity.Text);
        });
        await _fixture.Loop.EventuallyAsync(() => !_atServer.IsEmpty);
        Assert.True(_atServer.TryPeek(out var atServer));
        return (atServer.IsResumed, atClient.IsResumed, atServer.Identity, atClient.Identity);
    }

    private static async ValueTask ReadToEndAsync(TlsSocket socket)
    {
        var buffer = new byte[100];
        while (true)
        {
            var result = socket.Receive(buffer);
            if (result.Status == IoStatus.WouldBlock)
            {
                await socket.ReadableAsync();
            }
            else if (!result.IsDone)
            {
                return;
            }
        }
    }

    private sealed record End(HandshakeResult Handshake, bool IsResumed, string? Identity);
}
