using System.Net;
using System.Net.Sockets;
using Intercept.Linux.Processes;

namespace Intercept.Tests.Unit.Linux;

public sealed class PeerCredentialsTests
{
    [Fact]
    public async Task Knows_the_process_at_the_other_end_of_a_Unix_socket()
    {
        var path = Path.Combine(Path.GetTempPath(), $"intercept-peer-{Environment.ProcessId}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            listener.Listen();
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
            using var accepted = await listener.AcceptAsync();

            var peer = Assert.NotNull(PeerCredentials.Of(accepted));
            Assert.Equal(Environment.ProcessId, peer.ProcessId);
            Assert.Equal(Status("Uid"), peer.UserId);
            Assert.Equal(Status("Gid"), peer.GroupId);
            Assert.True(peer.IsMapped);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Knows_nobody_behind_another_kind_of_socket()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.Null(PeerCredentials.Of(socket));
    }

    [Fact]
    public void Knows_nobody_behind_a_socket_that_was_closed()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Dispose();

        Assert.Null(PeerCredentials.Of(socket));
    }

    [Theory]
    [InlineData(0xffffffff)]
    [InlineData(65534)]
    public void Takes_nobody_for_a_user_that_our_namespace_has_no_number_for(uint user) => Assert.False(new PeerCredentials(1, user, 1).IsMapped);

    // The effective number, second of four.
    private static uint Status(string field) => uint.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split('\t')[2],
        System.Globalization.CultureInfo.InvariantCulture);
}
