using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Linux;

public sealed class SocketCallsTests
{
    [Fact]
    public void A_read_says_bytes_nothing_yet_the_end_or_what_failed()
    {
        using var pair = new SocketPair();
        var buffer = new byte[8];
        Assert.Equal(IoResult.WouldBlock, SocketCalls.Receive(pair.Descriptor, buffer));

        pair.Other.Send("abc"u8);
        pair.AwaitReadable();
        Assert.Equal(IoResult.Done(3), SocketCalls.Peek(pair.Descriptor, buffer));
        Assert.Equal(IoResult.Done(3), SocketCalls.Receive(pair.Descriptor, buffer));
        Assert.Equal("abc"u8, buffer.AsSpan(0, 3));

        pair.Other.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        pair.AwaitReadable();
        Assert.Equal(IoResult.EndOfStream, SocketCalls.Receive(pair.Descriptor, buffer));
    }

    [Fact]
    public void A_reset_is_a_value_for_the_reader_and_a_broken_pipe_for_the_writer()
    {
        using var pair = new SocketPair();
        LoopbackPair.Reset(pair.Other);
        pair.AwaitReadable();

        Assert.Equal(IoResult.Failed(Errno.ConnectionReset), SocketCalls.Receive(pair.Descriptor, new byte[1]));
        Assert.Equal(IoResult.Failed(Errno.BrokenPipe), SocketCalls.Send(pair.Descriptor, "x"u8));
    }

    [Fact]
    public void A_full_send_buffer_says_so_and_not_how_long_to_wait()
    {
        using var pair = new SocketPair();
        var (sent, chunk) = (0L, new byte[64 * 1024]);
        IoResult result;
        while ((result = SocketCalls.Send(pair.Descriptor, chunk)).IsDone)
        {
            sent += result.Bytes;
        }

        Assert.Equal(IoResult.WouldBlock, result);
        Assert.True(sent > 0);
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:0")]
    public void Binds_listens_connects_and_accepts_in_both_families(string text)
    {
        Assert.True(NetEndpoint.TryParse(text, out var endpoint));
        var listener = SocketCalls.Create(endpoint.Address.IsIPv6);
        var client = SocketCalls.Create(endpoint.Address.IsIPv6);
        try
        {
            Assert.Equal(0, SocketCalls.Bind(listener, endpoint));
            Assert.Equal(0, SocketCalls.Listen(listener, 8));
            Assert.Equal(-Errno.WouldBlock, SocketCalls.Accept(listener, out _));
            var local = SocketCalls.LocalEndpoint(listener);
            Assert.Equal(endpoint.Address, local.Address);
            Assert.NotEqual(0, local.Port);

            Assert.Contains(SocketCalls.Connect(client, local), new[] { 0, -Errno.InProgress });
            var accepted = Accept(listener, out var remote);
            Assert.Equal(SocketCalls.LocalEndpoint(client), remote);
            Assert.Equal(local, SocketCalls.LocalEndpoint(accepted));
            Assert.Equal(-Errno.InvalidArgument, SocketCalls.Bind(client, local));

            // What nothing redirected was going where it arrived.
            Assert.Equal(local, OriginalDestination.Read(accepted, endpoint.Address.IsIPv6) ?? local);
            SocketCalls.Close(accepted);
        }
        finally
        {
            SocketCalls.Close(listener);
            SocketCalls.Close(client);
        }
    }

    [Fact]
    public void A_refused_connection_leaves_its_reason_once()
    {
        var free = SocketCalls.Create(isIPv6: false);
        Assert.Equal(0, SocketCalls.Bind(free, new NetEndpoint(NetAddress.LoopbackIPv4, 0)));
        var nobody = SocketCalls.LocalEndpoint(free);
        var client = SocketCalls.Create(isIPv6: false);
        try
        {
            // On loopback the refusal may come before connect(2) returns.
            var result = SocketCalls.Connect(client, nobody);
            var error = result == -Errno.InProgress ? SocketOption.TakeError(client) : -result;
            Assert.Equal(Errno.ConnectionRefused, error);
            Assert.Equal(0, SocketOption.TakeError(client));
        }
        finally
        {
            SocketCalls.Close(free);
            SocketCalls.Close(client);
        }
    }

    [Fact]
    public void What_is_not_possible_is_a_negative_errno()
    {
        Assert.Equal(-9, SocketCalls.Listen(-1, 1));
        Assert.Equal(-9, SocketCalls.Accept(-1, out _));
        Assert.Equal(-9, Epoll.Add(-1, -1, Epoll.In, 0));
        Assert.Equal(IoResult.Failed(9), SocketCalls.Receive(-1, new byte[1]));
        Assert.Equal(-9, SocketOption.SetNoDelay(-1));
        Assert.Null(OriginalDestination.Read(-1, isIPv6: false));
    }

    [Fact]
    public void Options_are_set_where_they_apply()
    {
        using var pair = new SocketPair();
        using var pair6 = new SocketPair(isIPv6: true);

        Assert.Equal(0, SocketOption.SetNoDelay(pair.Descriptor));
        Assert.True(pair.Own.NoDelay);
        Assert.Equal(0, SocketOption.SetKeepAlive(pair.Descriptor, 7, 3, 2));
        Assert.Equal(1, pair.Own.GetSocketOption(System.Net.Sockets.SocketOptionLevel.Socket, System.Net.Sockets.SocketOptionName.KeepAlive));
        Assert.Equal(7, pair.Own.GetSocketOption(System.Net.Sockets.SocketOptionLevel.Tcp, System.Net.Sockets.SocketOptionName.TcpKeepAliveTime));
        Assert.Equal(3, pair.Own.GetSocketOption(System.Net.Sockets.SocketOptionLevel.Tcp, System.Net.Sockets.SocketOptionName.TcpKeepAliveInterval));
        Assert.Equal(2, pair.Own.GetSocketOption(System.Net.Sockets.SocketOptionLevel.Tcp, System.Net.Sockets.SocketOptionName.TcpKeepAliveRetryCount));
        Assert.Equal(0, SocketOption.SetBindAddressNoPort(pair6.Descriptor));
        Assert.Equal(0, SocketOption.SetLingerZero(pair.Descriptor));
        pair.Own.Dispose();
        LoopbackPair.AssertIsReset(pair.Other);
    }

    [Fact]
    public void An_errno_has_the_C_library_s_words() => Assert.Equal(
        ("Connection refused", "3 bytes", "WouldBlock", "Connection reset by peer"),
        (Errno.Describe(Errno.ConnectionRefused), $"{IoResult.Done(3)}", $"{IoResult.WouldBlock}", $"{IoResult.Failed(Errno.ConnectionReset)}"));

    private static int Accept(int listener, out NetEndpoint remote)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        int accepted;
        while ((accepted = SocketCalls.Accept(listener, out remote)) == -Errno.WouldBlock && Environment.TickCount64 < until)
        {
            Thread.Sleep(1);
        }

        Assert.True(accepted >= 0, Errno.Describe(-accepted));
        return accepted;
    }
}
