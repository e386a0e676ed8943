using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using Intercept.Capture.Attachments;
using Intercept.Capture.Pods;
using Intercept.Core.Addressing;
using Intercept.Node.Agent;
using Intercept.Node.Installation;
using Intercept.Node.Pods;
using Intercept.Node.Serving;
using Intercept.Runtime.Loops;
using Intercept.Tests.Unit.Proxy;

namespace Intercept.Tests.Unit.Node;

/// <summary>An agent's server on a real socket and a real port, with pods of the test's.</summary>
internal sealed class AgentScene : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EventLoop _loop;
    private readonly AgentServer? _server;
    private readonly StringWriter _log = new();

    public AgentScene()
    {
        Options = new AgentOptions
        {
            Install = null,
            Root = HostRoot.At(""),
            StateDirectory = _folder["state"],
            Manifests = _folder["pods"],
            NodeName = null,
            Selection = new SelectionSettings(),
            Address = new NetEndpoint(NetAddress.LoopbackIPv4, 0),
            Interval = TimeSpan.FromMinutes(1),
            Repairs = true,
            Bpffs = "/sys/fs/bpf",
            IsJsonLog = false,
            Environment = ImmutableDictionary<string, string>.Empty,
        };
        var log = new AgentLog(TextWriter.Synchronized(_log), isJson: false, TimeProvider.System);
        var installer = new PodInstaller(Options, new("/nowhere", []), log, TimeProvider.System);
        var repairer = new Repairer(Options, Pods, new PodNamespaces(Options.Root), installer, log, TimeProvider.System);
        var reading = new AgentReading(Pods, "the test", repairer, null, TimeProvider.System.GetUtcNow());
        _loop = new EventLoop("agent", _ => { });
        _server = AgentServer.TryStart(_loop, Options, new AgentPages(Options, Pods, reading, Attached.Add, log), log, TimeProvider.System);
        Assert.True(_server is not null, _log.ToString());
    }

    public AgentOptions Options { get; }

    public PodStore Pods { get; } = new();

    public List<Attachment> Attached { get; } = [];

    public string Log => _log.ToString();

    public Task<(int Status, string Body)> AskAsync(string method, string path, string body = "") => AskAsync(
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(Options.Socket), method, path, body);

    public Task<(int Status, string Body)> AskLoopbackAsync(string method, string path) => AskAsync(
        new Socket(SocketType.Stream, ProtocolType.Tcp), new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _server!.Address.Port), method, path, "");

    public void Dispose()
    {
        _server?.Dispose();
        _loop.Dispose();
        _folder.Dispose();
        _log.Dispose();
    }

    private static async Task<(int Status, string Body)> AskAsync(Socket socket, System.Net.EndPoint where, string method, string path, string body)
    {
        using var client = socket;
        await client.ConnectAsync(where);
        await client.SendAsync(Encoding.UTF8.GetBytes($"{method} {path} HTTP/1.1\r\nHost: agent\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
        using var reader = new StreamReader(new NetworkStream(client));
        var answer = await reader.ReadToEndAsync();
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
