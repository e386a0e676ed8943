using System.Net.Sockets;
using System.Security.Cryptography;
using Intercept.Core.Outcomes;
using Intercept.Runtime.Buffers;
using Intercept.Runtime.Relays;

namespace Intercept.Tests.Unit.Runtime;

public sealed class RelayTests : IDisposable
{
    private readonly LoopFixture _fixture = new();

    [Fact]
    public async Task Carries_bytes_both_ways_and_counts_them()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Client.Send("hello"u8);
        Assert.Equal("hello", LoopbackPair.ReceiveText(pair.Server, 5));
        pair.Server.Send("goodbye"u8);
        Assert.Equal("goodbye", LoopbackPair.ReceiveText(pair.Client, 7));
        pair.Client.Shutdown(SocketShutdown.Send);
        LoopbackPair.AssertEnds(pair.Server);
        pair.Server.Close();
        LoopbackPair.AssertEnds(pair.Client);
        Assert.Equal(new RelayOutcome(CloseReason.DownstreamClosed, Blame.Downstream, 5, 7), await pair.Relay.NextOutcomeAsync());
    }

    [Fact]
    public async Task Lets_the_server_speak_first()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Server.Send("220 ready\r\n"u8);
        Assert.Equal("220 ready\r\n", LoopbackPair.ReceiveText(pair.Client, 11));
    }

    [Fact]
    public async Task Keeps_the_upstream_open_after_the_client_has_ended()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Client.Send("all I have"u8);
        pair.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal("all I have", LoopbackPair.ReceiveText(pair.Server, 10));
        LoopbackPair.AssertEnds(pair.Server);
        await Task.Delay(50);
        pair.Server.Send("late answer"u8);
        Assert.Equal("late answer", LoopbackPair.ReceiveText(pair.Client, 11));
    }

    [Fact]
    public async Task Keeps_the_downstream_open_after_the_server_has_ended()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Server.Send("bye"u8);
        pair.Server.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", LoopbackPair.ReceiveText(pair.Client, 3));
        LoopbackPair.AssertEnds(pair.Client);
        await Task.Delay(50);
        pair.Client.Send("one more thing"u8);
        Assert.Equal("one more thing", LoopbackPair.ReceiveText(pair.Server, 14));
        pair.Client.Close();
        LoopbackPair.AssertEnds(pair.Server);
        Assert.Equal(CloseReason.UpstreamClosed, (await pair.Relay.NextOutcomeAsync()).Reason);
    }

    [Fact]
    public async Task Passes_on_data_and_the_end_that_arrive_together()
    {
        for (var round = 0; round < 50; round++)
        {
            using var pair = await LoopbackPair.ConnectAsync(_fixture);
            pair.Client.Send("request"u8);
            pair.Client.Shutdown(SocketShutdown.Send);
            Assert.Equal("request", LoopbackPair.ReceiveText(pair.Server, 7));
            LoopbackPair.AssertEnds(pair.Server);
        }
    }

    [Fact]
    public async Task Passes_a_client_reset_on_as_a_reset()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Client.Send("x"u8);
        LoopbackPair.ReceiveText(pair.Server, 1);
        LoopbackPair.Reset(pair.Client);
        LoopbackPair.AssertIsReset(pair.Server);
        var outcome = await pair.Relay.NextOutcomeAsync();
        Assert.Equal((CloseReason.DownstreamReset, Blame.Downstream), (outcome.Reason, outcome.Blame));
    }

    [Fact]
    public async Task Passes_a_server_reset_on_as_a_reset()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        LoopbackPair.Reset(pair.Server);
        LoopbackPair.AssertIsReset(pair.Client);
        var outcome = await pair.Relay.NextOutcomeAsync();
        Assert.Equal((CloseReason.UpstreamReset, Blame.Upstream), (outcome.Reason, outcome.Blame));
    }

    [Fact]
    public async Task Passes_a_reset_on_while_the_other_side_does_not_read()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Client.Blocking = false;
        await FillAsync(pair.Client);
        LoopbackPair.Reset(pair.Client);
        Assert.Equal(CloseReason.DownstreamReset, (await pair.Relay.NextOutcomeAsync()).Reason);
        LoopbackPair.AssertIsReset(pair.Server);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Holds_a_bounded_buffer_for_a_peer_that_never_reads(bool splice)
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture, new RelayOptions { Splice = splice });
        pair.Client.Blocking = false;
        var sent = await FillAsync(pair.Client);
        Assert.True(sent > LoopBuffers.BufferLength, $"only {sent} bytes were sent");
        Assert.InRange(await _fixture.OnLoopAsync(() => _fixture.Loop.Buffers.RentedBuffers + _fixture.Loop.Buffers.RentedPipes), 1, 1);

        // Everything that was taken arrives once the peer reads after all.
        pair.Client.Shutdown(SocketShutdown.Send);
        var received = 0L;
        var buffer = new byte[1 << 20];
        for (int count; (count = pair.Server.Receive(buffer)) > 0;)
        {
            received += count;
        }

        Assert.Equal(sent, received);
        Assert.Equal(0, await _fixture.OnLoopAsync(() => _fixture.Loop.Buffers.RentedBuffers + _fixture.Loop.Buffers.RentedPipes));
    }

    [Fact]
    public async Task Holds_no_buffer_while_idle()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        pair.Client.Send("ping"u8);
        LoopbackPair.ReceiveText(pair.Server, 4);
        pair.Server.Send("pong"u8);
        LoopbackPair.ReceiveText(pair.Client, 4);
        var (buffers, pipes) = await _fixture.OnLoopAsync(() => (_fixture.Loop.Buffers.RentedBuffers, _fixture.Loop.Buffers.RentedPipes));
        Assert.Equal((0, 0), (buffers, pipes));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Carries_bulk_unchanged(bool splice)
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture, new RelayOptions { Splice = splice });
        var sent = new byte[32 * 1024 * 1024];
        new Random(7).NextBytes(sent);
        var sender = new Thread(() =>
        {
            pair.Client.Send(sent);
            pair.Client.Shutdown(SocketShutdown.Send);
        });
        sender.Start();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var spliced = false;
        for (int count; (count = pair.Server.Receive(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
            spliced |= pair.Relay.Current!.IsSplicing;
        }

        sender.Join();
        Assert.Equal(SHA256.HashData(sent), hash.GetHashAndReset());
        Assert.Equal(splice, spliced);
    }

    [Fact]
    public async Task Copies_again_when_the_bulk_is_over()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        var bulk = new byte[8 * 1024 * 1024];
        var sender = new Thread(() => pair.Client.Send(bulk));
        sender.Start();
        LoopbackPair.ReceiveText(pair.Server, bulk.Length);
        sender.Join();
        for (var round = 0; round < 40; round++)
        {
            pair.Client.Send("small"u8);
            Assert.Equal("small", LoopbackPair.ReceiveText(pair.Server, 5));
        }

        Assert.False(await _fixture.OnLoopAsync(() => pair.Relay.Current!.IsSplicing));
        Assert.Equal(0, await _fixture.OnLoopAsync(() => _fixture.Loop.Buffers.RentedPipes));
    }

    [Fact]
    public async Task Ends_a_silent_connection_after_the_idle_time()
    {
        using var fixture = new LoopFixture(new MovedTime());
        using var pair = await LoopbackPair.ConnectAsync(fixture, new RelayOptions { IdleTimeout = TimeSpan.FromSeconds(3) });
        for (var round = 0; round < 4; round++)
        {
            await fixture.PassAsync(TimeSpan.FromSeconds(2));
            pair.Client.Send("x"u8);
            LoopbackPair.ReceiveText(pair.Server, 1);
        }

        await fixture.PassAsync(TimeSpan.FromSeconds(3));
        var outcome = await pair.Relay.NextOutcomeAsync();
        Assert.Equal(CloseReason.DownstreamIdleTimeout, outcome.Reason);
        Assert.Equal(4, outcome.BytesToUpstream);
        LoopbackPair.AssertEnds(pair.Client);
        LoopbackPair.AssertEnds(pair.Server);
        Assert.Empty(fixture.Escaped);
    }

    [Fact]
    public async Task Ends_at_once_when_closed_from_outside_and_keeps_the_first_reason()
    {
        using var pair = await LoopbackPair.ConnectAsync(_fixture);
        await _fixture.EventuallyAsync(() => pair.Relay.Current is not null);
        await _fixture.OnLoopAsync(() =>
        {
            pair.Relay.Current!.Close(CloseReason.PolicyChanged);
            pair.Relay.Current.Close(CloseReason.Drained);
            return true;
        });
        var outcome = await pair.Relay.NextOutcomeAsync();
        Assert.Equal((CloseReason.PolicyChanged, Blame.Policy), (outcome.Reason, outcome.Blame));
        LoopbackPair.AssertEnds(pair.Client);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        Assert.Empty(_fixture.Escaped);
    }

    /// <summary>Sends until nothing has been taken for a while.</summary>
    private static async Task<long> FillAsync(Socket socket)
    {
        var sent = 0L;
        var chunk = new byte[256 * 1024];
        for (var quiet = 0; quiet < 20;)
        {
            var count = socket.Send(chunk, 0, chunk.Length, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                quiet++;
                await Task.Delay(10);
            }
            else
            {
                sent += count;
                quiet = 0;
            }
        }

        return sent;
    }
}
