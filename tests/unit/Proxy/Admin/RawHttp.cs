using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Intercept.Tests.Unit.Proxy.Admin;

/// <summary>A client that sends any bytes at any pace, and reads until the server ends the stream.</summary>
internal sealed class RawHttp : IDisposable
{
    private RawHttp(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<RawHttp> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        socket.ReceiveTimeout = (int)Patience.WithATask.TotalMilliseconds;
        return new RawHttp(socket);
    }

    /// <summary>One exchange on a connection of its own.</summary>
    public static async Task<string> AskAsync(int port, string request)
    {
        using var client = await ConnectAsync(port);
        client.Send(request);
        return await client.ReadToEndAsync();
    }

    public void Send(string text) => Socket.Send(Encoding.Latin1.GetBytes(text));

    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await Socket.ReceiveAsync(buffer).WaitAsync(Patience.WithATask)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    public void Dispose() => Socket.Dispose();
}
