using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Intercept.Tests.Netns.Cni;

/// <summary>A node agent that says what a test wants: a Unix socket, and HTTP/1.1 on it.</summary>
internal sealed class NodeAgentPeer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("icept-agent-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, (int Status, string Body)?> _answer;
    private readonly Task _serving;

    /// <param name="answer">By path; null leaves the caller without an answer.</param>
    public NodeAgentPeer(Func<string, (int Status, string Body)?> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(Socket));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public string Socket => Path.Combine(_directory, "node.sock");

    public ConcurrentQueue<(string Path, string Body)> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task ServeAsync()
    {
        var calls = new List<Task>();
        try
        {
            while (true)
            {
                calls.Add(AnswerAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                using var stream = new NetworkStream(connection);
                using var reader = new StreamReader(stream, Encoding.UTF8);
                var path = (await reader.ReadLineAsync(_stop.Token))!.Split(' ')[1];
                var length = 0;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                {
                    length = header.StartsWith("Content-Length:", StringComparison.Ordinal) ? int.Parse(header.AsSpan(15), CultureInfo.InvariantCulture) : length;
                }

                var body = new char[length];
                await reader.ReadBlockAsync(body, _stop.Token);
                Requests.Enqueue((path, new string(body)));
                if (_answer(path) is not { } answer)
                {
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    return;
                }

                var text = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} x\r\nContent-Length: {Encoding.UTF8.GetByteCount(answer.Body)}\r\n\r\n{answer.Body}");
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text), _stop.Token);
            }
            catch (Exception over) when (over is OperationCanceledException or IOException)
            {
                // The test ends, or the plugin waits no longer.
            }
        }
    }
}
