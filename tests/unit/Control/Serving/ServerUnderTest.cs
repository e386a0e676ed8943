using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Envoy.Service.Discovery.V3;
using Grpc.Net.Client;
using Intercept.Control.Logging;
using Intercept.Control.Metrics;
using Intercept.Control.Serving;
using Intercept.Control.Serving.Callers;
using Intercept.Control.Serving.Endpoints;
using Intercept.Control.Serving.Pushing;
using Intercept.Control.Serving.Streams;
using Intercept.Control.Status;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>The server as the program makes it, on free ports and a socket, with worlds that the test writes.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly StringWriter _logText = new(CultureInfo.InvariantCulture);
    private readonly TextWriter _logLines;
    private readonly ControlServer _server;
    private readonly ControlLog _log;
    private readonly PushAdmission _admission;
    private readonly List<GrpcChannel> _channels = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-serving-").FullName;

    private ServerUnderTest(ServingOptions options, Caller caller)
    {
        _logLines = TextWriter.Synchronized(_logText);
        _log = new ControlLog(_logLines, LogForm.Text, LogLevel.Debug, TimeProvider.System);
        _admission = new PushAdmission(PushAdmission.StandardPlaces, PushAdmission.StandardPatience, TimeProvider.System);
        Generations = new Generations(Generator, TimeProvider.System);
        Proxies = new ConnectedProxies(options.Streams);
        Generations.Changed += _ => Proxies.WakeAll();
        Metrics = new MetricRegistry();
        Reading = new StatusReading(Source, Generations, Proxies, null, TimeProvider.System);
        var addresses = new ListeningOn([new IPEndPoint(IPAddress.Loopback, FreePorts.Next())], [], [new IPEndPoint(IPAddress.Loopback, FreePorts.Next())], Path.Combine(_folder, "control.sock"));
        _server = ControlServer.Create(
            new ServerParts(
                addresses, null, new FixedCallers(caller),
                new StreamServices(options, Generations, _admission, Proxies, new ServingMetrics(Metrics), TimeProvider.System, _log.CreateLogger("xds")),
                Reading, Metrics, "test", TimeSpan.FromSeconds(5)),
            _log);
        Addresses = addresses;
    }

    /// <summary>What the log says so far.</summary>
    [SuppressMessage("Reliability", "CA2002", Justification = "A synchronized writer locks itself, so that whoever reads beside it has to as well.")]
    public string LogText
    {
        get
        {
            lock (_logLines)
            {
                return _logText.ToString();
            }
        }
    }

    public WorldGenerator Generator { get; } = new();

    public ScriptedSource Source { get; } = new();

    public Generations Generations { get; }

    public ConnectedProxies Proxies { get; }

    public MetricRegistry Metrics { get; }

    public StatusReading Reading { get; }

    public ListeningOn Addresses { get; }

    public static async Task<ServerUnderTest> StartAsync(string world, ServingOptions? options = null, Caller? caller = null)
    {
        var server = new ServerUnderTest(options ?? new ServingOptions(), caller ?? new Caller { Description = "test", IsUnrestricted = true });
        Assert.Null(await server._server.StartAsync(CancellationToken.None));
        if (world.Length > 0)
        {
            server.Change(world);
        }

        return server;
    }

    public void Change(string world) => Generations.Publish(Generator.ModelOf(world));

    public Task StopAsync() => _server.StopAsync();

    /// <summary>By the plaintext port.</summary>
    public AggregatedDiscoveryService.AggregatedDiscoveryServiceClient Client()
    {
        var channel = GrpcChannel.ForAddress($"http://{Addresses.Plaintext[0]}");
        _channels.Add(channel);
        return new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel);
    }

    /// <summary>By the Unix socket, where callers are asked who they are.</summary>
    public AggregatedDiscoveryService.AggregatedDiscoveryServiceClient SocketClient()
    {
        var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = SocketHandler() });
        _channels.Add(channel);
        return new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel);
    }

    public SocketsHttpHandler SocketHandler() => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Addresses.Socket!), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }

        await _server.DisposeAsync();
        _admission.Dispose();
        _log.Dispose();
        await _logLines.DisposeAsync();
        await _logText.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
