using Intercept.Core.Addressing;
using Intercept.Linux;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;

namespace Intercept.Runtime.Http;

/// <summary>
/// A small HTTP/1.1 server on one event loop: pages for people and probes need no more, and it costs no memory worth naming.
/// Listens from TryStart on; dispose before the loop.
/// </summary>
public sealed class HttpServer : IDisposable
{
    private readonly EventLoop _loop;
    private readonly TcpListenerSocket _listener;
    private readonly Func<HttpRequest, HttpResponse> _answer;
    private readonly LinkedList<HttpConnection> _connections = [];

    private HttpServer(
        EventLoop loop, TcpListenerSocket listener, Func<HttpRequest, HttpResponse> answer, HttpLimits limits, TimeProvider time, IHttpReports reports)
    {
        _loop = loop;
        _listener = listener;
        _answer = answer;
        Reports = reports;
        Limits = limits;
        Time = time;
        listener.Paused = pause => reports.AcceptPaused(listener.Name, Errno.Describe(pause.ErrorNumber));
    }

    /// <summary>With the port that the kernel chose, when 0 was asked for.</summary>
    public NetEndpoint LocalEndpoint => _listener.LocalEndpoint;

    internal HttpLimits Limits { get; }

    internal TimeProvider Time { get; }

    internal IHttpReports Reports { get; }

    /// <param name="answer">Called on the loop, one request at a time; must not wait.</param>
    /// <returns>The server, or the refused call with its errno.</returns>
    public static (HttpServer? Server, ListenResult Result) TryStart(
        EventLoop loop, NetEndpoint address, Func<HttpRequest, HttpResponse> answer, HttpLimits limits, TimeProvider time, IHttpReports reports)
    {
        ArgumentNullException.ThrowIfNull(limits);

        // No SO_REUSEPORT: a second program on the same port must fail, not take half of the questions.
        return Start(
            loop, TcpListenerSocket.Listen(loop, address, new ListenOptions { Backlog = limits.Connections, ReusePort = false }), answer, limits, time, reports);
    }

    /// <summary>The same on a Unix socket, for this user alone; the path must be free.</summary>
    public static (HttpServer? Server, ListenResult Result) TryStart(
        EventLoop loop, string socketPath, Func<HttpRequest, HttpResponse> answer, HttpLimits limits, TimeProvider time, IHttpReports reports)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return Start(loop, TcpListenerSocket.ListenUnix(loop, socketPath, limits.Connections), answer, limits, time, reports);
    }

    /// <summary>Closes the listener and its connections, soon. Callable from any thread.</summary>
    public void Dispose() => _loop.Post(() =>
    {
        _listener.Dispose();
        foreach (var connection in _connections)
        {
            connection.Abort();
        }
    });

    internal HttpResponse Answer(HttpRequest request) => _answer(request);

    private static (HttpServer? Server, ListenResult Result) Start(
        EventLoop loop, ListenResult result, Func<HttpRequest, HttpResponse> answer, HttpLimits limits, TimeProvider time, IHttpReports reports)
    {
        if (result.Listener is not { } listener)
        {
            return (null, result);
        }

        var server = new HttpServer(loop, listener, answer, limits, time, reports);
        loop.Start(() => listener.RunAsync(server.Accept));
        return (server, result);
    }

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
