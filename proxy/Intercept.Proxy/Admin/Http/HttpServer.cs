using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Admin.Http;

/// <summary>
/// A small HTTP/1.1 server on one event loop: admin and health need no more, and it costs no memory worth naming.
/// Listens from <see cref="TryStart"/> on; dispose before the loop.
/// </summary>
internal sealed class HttpServer : IDisposable
{
    private readonly EventLoop _loop;
    private readonly TcpListenerSocket _listener;
    private readonly Func<HttpRequest, HttpResponse> _answer;
    private readonly ILogger _log;
    private readonly LinkedList<HttpConnection> _connections = [];

    private HttpServer(
        EventLoop loop, TcpListenerSocket listener, Func<HttpRequest, HttpResponse> answer, HttpLimits limits, TimeProvider time, ILogger log)
    {
        _loop = loop;
        _listener = listener;
        _answer = answer;
        _log = log;
        Limits = limits;
        Time = time;
        listener.Paused = pause => HttpReports.AcceptPaused(log, listener.LocalEndpoint, Errno.Describe(pause.ErrorNumber));
    }

    /// <summary>With the port that the kernel chose, when 0 was asked for.</summary>
    public NetEndpoint LocalEndpoint => _listener.LocalEndpoint;

    public HttpLimits Limits { get; }

    public TimeProvider Time { get; }

    /// <param name="answer">Called on the loop, one request at a time; must not wait.</param>
    /// <returns>The server, or the refused call with its errno.</returns>
    public static (HttpServer? Server, ListenResult Result) TryStart(
        EventLoop loop, NetEndpoint address, Func<HttpRequest, HttpResponse> answer, HttpLimits limits, TimeProvider time, ILogger log)
    {
        // No SO_REUSEPORT: a second proxy on the same port must fail, not take half of the questions.
        var result = TcpListenerSocket.Listen(loop, address, new ListenOptions { Backlog = limits.Connections, ReusePort = false });
        if (result.Listener is not { } listener)
        {
            return (null, result);
        }

        var server = new HttpServer(loop, listener, answer, limits, time, log);
        loop.Start(() => listener.RunAsync(server.Accept));
        return (server, result);
    }

    public HttpResponse Answer(HttpRequest request) => _answer(request);

    public void Report(Exception exception) => HttpReports.PageFailed(_log, exception);

    /// <summary>Closes the listener and its connections, soon. Callable from any thread.</summary>
    public void Dispose() => _loop.Post(() =>
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Abort();
        }
    });

    private void Accept(TcpSocket socket)
    {
        if (_connections.Count >= Limits.Connections)
        {
            _connections.First!.Value.Abort();
            _connections.RemoveFirst();
        }

        _loop.Observe(RunAsync(_connections.AddLast(new HttpConnection(socket, this))));
    }

    private static async Task RunAsync(LinkedListNode<HttpConnection> connection)
    {
        try
        {
            await connection.Value.RunAsync();
        }
        finally
        {
            // Not there any more, if it had to make room.
            connection.List?.Remove(connection);
        }
    }
}
