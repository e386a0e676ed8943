using System.Net.Sockets;
using Intercept.Core.Addressing;
using Intercept.Node.Agent;
using Intercept.Runtime.Http;
using Intercept.Runtime.Loops;

namespace Intercept.Node.Serving;

/// <summary>The socket and the loopback address.</summary>
internal sealed class AgentServer : IDisposable
{
    // A batch of a plugin's log lines.
    private const int LargestBody = 64 * 1024;

    private readonly HttpServer _socket;
    private readonly HttpServer _loopback;

    private AgentServer(HttpServer socket, HttpServer loopback) => (_socket, _loopback) = (socket, loopback);

    public NetEndpoint Address => _loopback.LocalEndpoint;

    /// <returns>Null when one of them cannot be had; the log says why.</returns>
    public static AgentServer? TryStart(EventLoop loop, AgentOptions options, AgentPages pages, AgentLog log, TimeProvider time)
    {
        if (WhyNot(options) is { } why)
        {
            log.Error(why);
            return null;
        }

        var reports = new ServerReports(log);
        var (socket, refused) = HttpServer.TryStart(loop, options.Socket, pages.Answer, new HttpLimits { BodyLength = LargestBody }, time, reports);
        if (socket is null)
        {
            log.Error($"{options.Socket}: {refused}");
            return null;
        }

        var (loopback, result) = HttpServer.TryStart(loop, options.Address, pages.AnswerReader, HttpLimits.Default, time, reports);
        if (loopback is null)
        {
            log.Error($"{options.Address}: {result}; see --address");
            socket.Dispose();
            return null;
        }

        loop.Start();
        return new AgentServer(socket, loopback);
    }

    /// <summary>Whether an agent is there.</summary>
    public static bool IsAnswered(string socket)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (Exception nobody) when (nobody is SocketException or ArgumentException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _loopback.Dispose();
    }

    // A socket that a killed agent left is taken away, one that is in use is not.
    private static string? WhyNot(AgentOptions options)
    {
        try
        {
            Directory.CreateDirectory(options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (!File.Exists(options.Socket))
            {
                return null;
            }

            if (!IsAnswered(options.Socket))
            {
                File.Delete(options.Socket);
                return null;
            }

            return $"another agent answers on {options.Socket}; stop it first, or name another --state-dir";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{options.Socket} cannot be used: {failure.Message}";
        }
    }
}
