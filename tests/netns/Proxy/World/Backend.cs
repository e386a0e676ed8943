using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>A server on a free loopback port that gives each connection to a coroutine.</summary>
internal sealed class Backend : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];

    internal Backend(Func<TcpClient, Task>? serve = null)
    {
        _listener.Start(backlog: 4096);
        _ = AcceptAsync(serve ?? EchoAsync);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal int Accepted => _clients.Count;

    /// <summary>A port on which nothing listens.</summary>
    internal static int ClosedPort()
    {
        using var taken = new Backend();
        return taken.Port;
    }

    internal static async Task EchoAsync(TcpClient client)
    {
        var stream = client.GetStream();
        await stream.CopyToAsync(stream);
        client.Client.Shutdown(SocketShutdown.Send);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private async Task AcceptAsync(Func<TcpClient, Task> serve)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                client.NoDelay = true;
                _clients.Add(client);
                _ = ServeAsync(client, serve);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static async Task ServeAsync(TcpClient client, Func<TcpClient, Task> serve)
    {
        try
        {
            await serve(client);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The client's end of the story: tests look at theirs.
        }
    }
}
