using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Intercept.Tests.Conformance.Proxy;

/// <summary>Says its name to whoever connects, and repeats what it hears until the other side is done.</summary>
internal sealed class NamedUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;
    private readonly byte[] _name;

    public NamedUpstream(string name)
    {
        _name = Encoding.ASCII.GetBytes(name);
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var calls = new List<Task>();
        try
        {
            while (true)
            {
                calls.Add(AnswerAsync(await _listener.AcceptTcpClientAsync()));
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await client.GetStream().WriteAsync(_name);
                await client.GetStream().CopyToAsync(client.GetStream());
            }
            catch (IOException)
            {
                // The caller went away, as callers may.
            }
        }
    }
}
