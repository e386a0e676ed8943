using System.Net;
using System.Net.Sockets;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Peers that do not get as far as showing a certificate.</summary>
public sealed class TlsFailureTests : IDisposable
{
    private readonly TlsFixture _fixture = new(new MovedTime());

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\0\0\0\u0008\u0004\u00d2\u0016\u002f")]
    [InlineData("*1\r\n$4\r\nPING\r\n")]
    public async Task Plaintext_is_no_handshake(string text) =>
        Assert.Equal(HandshakeOutcome.ProtocolError, (await ServeAsync(client => client.Send(text.Select(c => (byte)c).ToArray()))).Outcome);

    [Fact]
    public async Task A_peer_that_says_nothing_is_given_up_in_time()
    {
        var limit = TimeSpan.FromMilliseconds(150);
        var result = await ServeAsync(_ => _fixture.Loop.PassAsync(limit), limit);

        Assert.Equal(HandshakeOutcome.TimedOut, result.Outcome);
    }

    [Fact]
    public async Task A_peer_that_drips_a_hello_is_given_up_in_the_same_time()
    {
        // Progress extends nothing: the time is for the handshake, not for each of its bytes.
        var hello = HelloBytes.Real();
        var pause = TimeSpan.FromMilliseconds(20);
        var result = await ServeAsync(
            async client =>
            {
                // Half of it is more than the server may be willing to take.
                for (var i = 0; i < hello.Length / 2; i++)
                {
                    client.Send(hello, i, 1, SocketFlags.None, out _);
                    await _fixture.Loop.PassAsync(pause);
                }
            },
            timeout: pause * (hello.Length / 4));

        Assert.Equal(HandshakeOutcome.TimedOut, result.Outcome);
    }

    [Fact]
    public async Task A_peer_that_leaves_in_the_middle_of_its_hello_is_lost()
    {
        var hello = HelloBytes.Real();
        var result = await ServeAsync(client =>
        {
            client.Send(hello, 0, hello.Length / 2, SocketFlags.None);
            client.Shutdown(SocketShutdown.Send);
        });

        Assert.Equal((HandshakeOutcome.ConnectionLost, "closed during the handshake"), (result.Outcome, result.Detail));
    }

    [Fact]
    public async Task A_peer_that_resets_is_lost_by_a_reset()
    {
        var result = await ServeAsync(client =>
        {
            client.Send(HelloBytes.Real(), 0, 20, SocketFlags.None);
            LoopbackPair.Reset(client);
        });

        Assert.Equal(HandshakeOutcome.ConnectionLost, result.Outcome);
        Assert.Contains("reset", result.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_hello_followed_by_garbage_is_a_broken_handshake() => Assert.Equal(
        HandshakeOutcome.ProtocolError,
        (await ServeAsync(client => client.Send([.. HelloBytes.Real(), .. Enumerable.Repeat((byte)0x5a, 64)]))).Outcome);

    [Fact]
    public async Task A_record_longer_than_records_may_be_is_a_broken_handshake() =>
        Assert.Equal(HandshakeOutcome.ProtocolError, (await ServeAsync(client => client.Send([22, 3, 1, 0xff, 0xff, .. new byte[200]]))).Outcome);

    [Fact]
    public async Task A_hello_of_TLS_1_2_is_answered_by_the_alert_that_says_so()
    {
        var answer = new byte[16];
        var result = await ServeAsync(client =>
        {
            client.Send(HelloBytes.Made(HelloBytes.Name("a.b")));
            Assert.Equal(7, client.Receive(answer));
        });

        Assert.Equal(HandshakeOutcome.ProtocolError, result.Outcome);

        // A fatal alert (2), protocol_version (70).
        Assert.Equal([21, 2, 70], [answer[0], answer[5], answer[6]]);
    }

    [Fact]
    public async Task A_handshake_that_is_aborted_from_outside_ends_at_once()
    {
        var result = await ServeAsync(_ => { }, whileWaiting: socket => socket.Transport.Abort());

        Assert.Equal(HandshakeOutcome.Aborted, result.Outcome);
    }

    public void Dispose() => _fixture.Dispose();

    private Task<HandshakeResult> ServeAsync(Action<Socket> speak, Action<TlsSocket>? whileWaiting = null) => ServeAsync(
        client =>
        {
            speak(client);
            return Task.CompletedTask;
        },
        Patience.WithATask,
        whileWaiting);

    /// <param name="speak">Begins when the server is waiting.</param>
    private async Task<HandshakeResult> ServeAsync(Func<Socket, Task> speak, TimeSpan timeout, Action<TlsSocket>? whileWaiting = null)
    {
        using var server = _fixture.ServerContext();
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<HandshakeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await _fixture.Loop.ListenAsync(async transport =>
        {
            using var socket = TlsSocket.Accept(transport, server);
            _fixture.Loop.Loop.Post(() =>
            {
                waiting.SetResult();
                whileWaiting?.Invoke(socket);
            });
            ended.SetResult(await socket.HandshakeAsync(timeout));
        });
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)Patience.WithATask.TotalMilliseconds,
        };
        await client.ConnectAsync(IPAddress.Loopback, listener.LocalEndpoint.Port);
        try
        {
            await waiting.Task.WaitAsync(Patience.WithATask);
            await Task.Run(() => speak(client));
            return await ended.Task.WaitAsync(Patience.WithATask);
        }
        finally
        {
            _fixture.Loop.Loop.Post(listener.Dispose);
        }
    }
}
