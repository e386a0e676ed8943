using System.Diagnostics.CodeAnalysis;
using Intercept.Linux;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Sockets;

namespace Intercept.Runtime.Http;

/// <summary>One connection: requests are read and answered one after the other, pipelined ones too.</summary>
internal sealed class HttpConnection
{
    // A peer that has not read its refusal yet would lose it to a RST, were the socket closed with bytes unread.
    private const int LargestLinger = 256 * 1024;
    private static readonly TimeSpan _lingerTime = TimeSpan.FromSeconds(1);

    private readonly TcpSocket _socket;
    private readonly HttpServer _server;
    private readonly HttpLimits _limits;
    private readonly LoopTimer _answerLimit;
    private readonly byte[] _bytes;
    private int _length;
    private long _requestDeadline;

    public HttpConnection(TcpSocket socket, HttpServer server)
    {
        _socket = socket;
        _server = server;
        _limits = server.Limits;
        _bytes = new byte[_limits.HeadLength + _limits.BodyLength + 4];
        _answerLimit = new LoopTimer(socket.Loop, socket.Abort);
    }

    public void Abort() => _socket.Abort();

    public async Task RunAsync()
    {
        using (_socket)
        {
            while (await ServeNextAsync())
            {
                // Whoever pipelines must not keep the others of this loop waiting.
                await _socket.Loop.Yield();
            }
        }
    }

    /// <returns>False when the connection has ended.</returns>
    private async ValueTask<bool> ServeNextAsync()
    {
        var parsed = HttpRequestParser.Parse(_bytes.AsSpan(0, _length), _limits);
        if (parsed.Request is { } request)
        {
            Consume(parsed.Consumed);
            return await AnswerAsync(Answer(request), request) && request.KeepsConnection;
        }

        if (parsed.ErrorStatus != 0)
        {
            return await RefuseAsync(parsed.ErrorStatus, parsed.Why);
        }

        return await ReceiveAsync();
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        var isIdle = _length == 0;
        var patience = isIdle ? _limits.IdleTime : TimeSpan.FromMilliseconds(_requestDeadline - _socket.Loop.Now);
        if (patience <= TimeSpan.Zero || !await _socket.WaitReadableAsync(patience))
        {
            return !isIdle && await RefuseAsync(408, $"the request did not arrive within {_limits.RequestTime.TotalSeconds} s");
        }

        var received = _socket.Receive(_bytes.AsSpan(_length));
        switch (received.Status)
        {
            case IoStatus.WouldBlock:
                return true;
            case IoStatus.Done:
                _requestDeadline = isIdle ? _socket.Loop.Now + (long)_limits.RequestTime.TotalMilliseconds : _requestDeadline;
                _length += received.Bytes;
                return true;
            default:
                return false;
        }
    }

    private void Consume(int count)
    {
        _bytes.AsSpan(count, _length - count).CopyTo(_bytes);
        _length -= count;
        _requestDeadline = _socket.Loop.Now + (long)_limits.RequestTime.TotalMilliseconds;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A page that fails is a defect to report, and must not take the other pages with it.")]
    private HttpResponse Answer(HttpRequest request)
    {
        try
        {
            return _server.Answer(request);
        }
        catch (Exception exception)
        {
            _server.Reports.PageFailed(exception);
            return HttpResponse.OfText("a defect; the log says more\n", 500);
        }
    }

    /// <returns>True when all of it was taken.</returns>
    private async ValueTask<bool> AnswerAsync(HttpResponse response, HttpRequest request)
    {
        var sent = await SendAsync(response, request.KeepsConnection, withBody: !request.IsHead);
        response.AfterSending?.Invoke();
        if (sent && !request.KeepsConnection)
        {
            await LingerAsync();
        }

        return sent;
    }

    private async ValueTask<bool> RefuseAsync(int status, string why)
    {
        if (await SendAsync(HttpResponse.OfText($"{why}\n", status), keepsConnection: false, withBody: true))
        {
            await LingerAsync();
        }

        return false;
    }

    private async ValueTask<bool> SendAsync(HttpResponse response, bool keepsConnection, bool withBody)
    {
        _answerLimit.Start(_limits.AnswerTime);
        var sent = await SendAsync(response.Head(keepsConnection, _server.Time.GetUtcNow()))
            && (!withBody || await SendAsync(response.Body.WrittenMemory));
        _answerLimit.Stop();
        return sent;
    }

    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var sent = _socket.Send(bytes.Span);
            if (sent.Status == IoStatus.WouldBlock)
            {
                await _socket.WritableAsync();
                continue;
            }

            if (!sent.IsDone)
            {
                return false;
            }

            bytes = bytes[sent.Bytes..];
        }

        return true;
    }

    private async ValueTask LingerAsync()
    {
        _ = _socket.ShutdownSend();
        var deadline = _socket.Loop.Now + (long)_lingerTime.TotalMilliseconds;
        for (var taken = 0; taken < LargestLinger;)
        {
            var patience = TimeSpan.FromMilliseconds(deadline - _socket.Loop.Now);
            if (patience <= TimeSpan.Zero || !await _socket.WaitReadableAsync(patience))
            {
                return;
            }

            var received = _socket.Receive(_socket.Loop.Buffers.Scratch.Span);
            if (received.Status is IoStatus.EndOfStream or IoStatus.Failed)
            {
                return;
            }

            taken += received.Bytes;
        }
    }
}
