using System.Net.Sockets;
using System.Text;
using Intercept.Core.Addressing;
using Intercept.Proxy.Admin;
using Intercept.Runtime.Http;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Proxy.Admin;

public sealed class HttpServerTests : IDisposable
{
    private const string Get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private const string GetAndClose = "GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private readonly MovedTime _time = new();
    private readonly LoopFixture _fixture;
    private readonly List<HttpServer> _servers = [];

    public HttpServerTests() => _fixture = new LoopFixture(_time);

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        _fixture.Dispose();
        Assert.Empty(_fixture.Escaped);
    }

    [Fact]
    public async Task Answers_a_real_client_over_one_kept_connection()
    {
        var port = Start();
        var connects = 0;
        using var handler = new SocketsHttpHandler();
        handler.ConnectCallback = async (context, cancellation) =>
        {
            connects++;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Patience.WithATask };

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"GET /hello i={i} [127.0.0.1:{port}]", await client.GetStringAsync(new Uri($"/hello?i={i}", UriKind.Relative)));
        }

        using var head = new HttpRequestMessage(HttpMethod.Head, "/hello");
        using var answer = await client.SendAsync(head);
        Assert.True(answer.Content.Headers.ContentLength > 0);
        Assert.Equal("", await answer.Content.ReadAsStringAsync());
        using var body = new StringContent("a body that nobody needs");
        using var posted = await client.PostAsync(new Uri("/hello", UriKind.Relative), body);
        Assert.StartsWith("POST /hello", await posted.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, connects);
    }

    [Theory]
    [InlineData("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK", "GET /hello  [localhost]")]
    [InlineData("GET /hello HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", "GET /hello  []")]
    [InlineData("\r\nGET http://127.0.0.1:15000/hello?a=b%20c&d HTTP/1.1\r\nhost:x\r\nconnection: close\r\n\r\n", "HTTP/1.1 200 OK", "GET /hello a=b c&d= [x]")]
    [InlineData("GET /a%2Fb HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Close\r\n\r\n", "HTTP/1.1 200 OK", "GET /a/b  [x]")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc", "HTTP/1.1 200 OK", "POST /  [x]")]
    [InlineData("GET /throw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 500 Internal Server Error", "a defect; the log says more\n")]
    public async Task Reads_what_a_client_may_write(string request, string status, string body)
    {
        var answer = await RawHttp.AskAsync(Start(), request);

        Assert.StartsWith(status + "\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\nconnection: close\r\n\r\n" + body, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /hello HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\nHost: a\n\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\rx\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\0\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 4097\r\n\r\n", 413)]
    [InlineData("POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("GET /hello HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET /hello HTTP/1.10\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /h\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET\r\n\r\n", 400)]
    [InlineData("\r\n\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400)]
    public async Task Refuses_what_two_readers_could_read_differently(string request, int status)
    {
        // No end of stream and no closing header: the refusal itself ends the connection.
        var answer = await RawHttp.AskAsync(Start(), request);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Single(answer.Split("\r\nconnection: close\r\n").Skip(1));
    }

    [Fact]
    public void Reads_any_bytes_without_a_fault_of_its_own()
    {
        var random = new Random(1);
        byte[][] seeds = [.. new[] { Get, GetAndClose, "POST /a%20b?c=d&%zz=%ff HTTP/1.0\r\nhost: x\r\ncontent-length: 2\r\n\r\nxy" }.Select(Encoding.ASCII.GetBytes)];
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = seeds[i % seeds.Length].ToArray();
            for (var changes = random.Next(4); changes >= 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(bytes.Length + 1);
            var parsed = HttpRequestParser.Parse(bytes.AsSpan(0, length), HttpLimits.Default);
            Assert.Equal(parsed.Request is not null, parsed.Consumed > 0);
            Assert.InRange(parsed.Consumed, 0, length);
            Assert.True(parsed.ErrorStatus == 0 || parsed.Request is null);
        }
    }

    [Fact]
    public async Task Refuses_a_head_without_an_end_once_it_is_too_long()
    {
        using var client = await RawHttp.ConnectAsync(Start());
        client.Send("GET /hello HTTP/1.1\r\nHost: a\r\nX: ");
        client.Send(new string('x', 100_000));

        Assert.StartsWith("HTTP/1.1 431 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_head_of_just_the_longest_length()
    {
        const string Start1 = "GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: ";
        var longest = HttpLimits.Default.HeadLength - Start1.Length - 2;
        var port = Start();

        Assert.StartsWith("HTTP/1.1 200 ", await RawHttp.AskAsync(port, $"{Start1}{new string('x', longest)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431 ", await RawHttp.AskAsync(port, $"{Start1}{new string('x', longest + 1)}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_pipelined_requests_in_their_order()
    {
        using var client = await RawHttp.ConnectAsync(Start());
        client.Send(string.Concat(Enumerable.Range(0, 50).Select(i => $"POST /hello?i={i} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy")));
        client.Send(GetAndClose);

        var answer = await client.ReadToEndAsync();
        var bodies = answer.Split("\r\n\r\n").Skip(1).Select(part => part.Split("HTTP/1.1")[0]);
        Assert.Equal([.. Enumerable.Range(0, 50).Select(i => $"POST /hello i={i} [a]"), "GET /hello  [localhost]"], bodies);
    }

    [Fact]
    public async Task Reads_a_request_that_comes_one_byte_at_a_time()
    {
        using var client = await RawHttp.ConnectAsync(Start());
        foreach (var c in GetAndClose)
        {
            client.Send($"{c}");
            await Task.Yield();
        }

        Assert.EndsWith("GET /hello  [localhost]", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cuts_a_request_that_trickles_past_its_time()
    {
        using var client = await RawHttp.ConnectAsync(Start(new HttpLimits { RequestTime = TimeSpan.FromMilliseconds(400) }));
        var answer = client.ReadToEndAsync();

        // Each byte arrives well within any time between two bytes; it is the whole that takes too long.
        client.Send("GET /hello HTTP/1.1\r\nX: ");
        for (var sent = 1; sent <= 40; sent++)
        {
            client.Send("x");
            await _fixture.PassAsync(TimeSpan.FromMilliseconds(20));
            Assert.False(sent < 20 && answer.IsCompleted, "cut too soon");
        }

        Assert.StartsWith("HTTP/1.1 408 ", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closes_a_connection_that_says_nothing()
    {
        var idle = TimeSpan.FromMilliseconds(200);
        var port = Start(new HttpLimits { IdleTime = idle });
        using var silent = await RawHttp.ConnectAsync(port);
        await _fixture.EventuallyAsync(() => _fixture.Loop.DescriptorCount == 2);
        await _fixture.PassAsync(idle);
        Assert.Equal("", await silent.ReadToEndAsync());

        using var kept = await RawHttp.ConnectAsync(port);
        kept.Send(Get);
        var begin = new byte[8];
        Assert.Equal(begin.Length, kept.Socket.Receive(begin));
        var rest = kept.ReadToEndAsync();

        // It is idle from the turn after its answer.
        while (!rest.IsCompleted)
        {
            await _fixture.PassAsync(idle);
        }

        Assert.EndsWith("GET /hello  [localhost]", await rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cuts_a_peer_that_does_not_read_its_answer()
    {
        var limit = TimeSpan.FromMilliseconds(300);
        var port = Start(new HttpLimits { AnswerTime = limit });
        using var client = await RawHttp.ConnectAsync(port);
        client.Socket.ReceiveBufferSize = 4096;
        client.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        await _fixture.EventuallyAsync(() => client.Socket.Available > 0);
        Assert.Equal(2, await _fixture.OnLoopAsync(() => _fixture.Loop.DescriptorCount));

        await _fixture.PassAsync(limit);
        await _fixture.EventuallyAsync(() => _fixture.Loop.DescriptorCount == 1);
    }

    [Fact]
    public async Task Lets_a_newcomer_take_the_place_of_the_oldest()
    {
        var port = Start(new HttpLimits { Connections = 3 });
        var holders = new List<RawHttp>();
        for (var i = 0; i < 3; i++)
        {
            holders.Add(await RawHttp.ConnectAsync(port));
        }

        await _fixture.EventuallyAsync(() => _fixture.Loop.DescriptorCount == 4);

        Assert.EndsWith("GET /hello  [localhost]", await RawHttp.AskAsync(port, GetAndClose), StringComparison.Ordinal);
        Assert.Equal("", await holders[0].ReadToEndAsync());
        holders[2].Send(GetAndClose);
        Assert.EndsWith("GET /hello  [localhost]", await holders[2].ReadToEndAsync(), StringComparison.Ordinal);
        holders.ForEach(holder => holder.Dispose());
    }

    [Fact]
    public async Task Gives_everything_back_when_it_is_disposed()
    {
        var port = Start();
        using var idle = await RawHttp.ConnectAsync(port);
        await _fixture.EventuallyAsync(() => _fixture.Loop.DescriptorCount == 2);

        _servers[0].Dispose();

        Assert.Equal("", await idle.ReadToEndAsync());
        await _fixture.EventuallyAsync(() => _fixture.Loop.DescriptorCount == 0);
        await Assert.ThrowsAsync<SocketException>(() => RawHttp.ConnectAsync(port));
    }

    [Fact]
    public void Leaves_a_port_to_whom_it_belongs()
    {
        var port = Start();

        var (server, result) = HttpServer.TryStart(
            _fixture.Loop, new NetEndpoint(NetAddress.LoopbackIPv4, (ushort)port), Answer, HttpLimits.Default, TimeProvider.System, new HttpReports(new RecordedLog()));

        Assert.Null(server);
        Assert.Equal("bind: Address already in use", $"{result}");
    }

    private static HttpResponse Answer(HttpRequest request) => request.Path switch
    {
        "/throw" => throw new InvalidOperationException("as the test wants"),
        "/large" => HttpResponse.OfText(new string('x', 64 * 1024 * 1024)),
        _ => HttpResponse.OfText(
            $"{request.Method} {request.Path} {string.Join('&', request.Query.Select(parameter => $"{parameter.Key}={parameter.Value}"))} [{request.Host}]"),
    };

    private int Start(HttpLimits? limits = null)
    {
        var (server, result) = HttpServer.TryStart(
            _fixture.Loop, new NetEndpoint(NetAddress.LoopbackIPv4, 0), Answer, limits ?? HttpLimits.Default, TimeProvider.System, new HttpReports(new RecordedLog()));
        Assert.True(server is not null, $"{result}");
        _servers.Add(server);
        return server.LocalEndpoint.Port;
    }
}
