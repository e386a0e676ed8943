using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Reloading;
using Intercept.Proxy.Serving;
using Intercept.Proxy.Stats;
using Intercept.Runtime.Loops;
using Intercept.Runtime.Tls;
using Intercept.Tests.Unit.Proxy.Plans;
using Intercept.Tests.Unit.Runtime;
using Microsoft.Extensions.Logging;

namespace Intercept.Tests.Unit.Proxy.Serving;

/// <summary>The server with its real loops in this process, before a backend that echoes.</summary>
internal sealed class ServingScene : IAsyncDisposable
{
    private readonly TcpListener _backend = new(IPAddress.Loopback, 0);
    private readonly EventLoop _control;
    private readonly CancellationTokenSource _ending = new();

    /// <param name="time">What loops and connections go by; null is the system's.</param>
    internal ServingScene(MovedTime? time = null)
    {
        var clock = time ?? TimeProvider.System;
        _control = new EventLoop("control", exception => Log.LogError(exception, "escaped"), clock);
        var services = new ServingServices(new CloseStats(Plans.Registry), Plans.Registry.Gauge("server.total_connections"), 1000, AccessLog: null, clock, Log);
        Server = new ProxyServer(Options, new ConfigurationSource(Options), _control, Plans.Registry, Plans.Secrets, services);
        _backend.Start();
        _ = EchoAsync();
    }

    internal PlanScene Plans { get; } = new();

    internal RecordedLog Log { get; } = new();

    internal ProxyServer Server { get; }

    private static ProxyOptions Options { get; } = new()
    {
        ConfigPath = null,
        ConfigYaml = null,
        Mode = ProxyMode.Serve,
        Concurrency = 1,
        LogLevel = LogLevel.Debug,
        LogPath = null,
        ServiceNode = null,
        ServiceCluster = null,
        DrainTime = TimeSpan.Zero,
        AccessLogPath = null,
        HealthAddresses = [],
    };

    /// <summary>The backend as a cluster.</summary>
    internal Cluster Backend(string name) => PlanScene.Cluster(name) with
    {
        Endpoints = [new UpstreamEndpoint(NetAddress.LoopbackIPv4, null, (ushort)((IPEndPoint)_backend.LocalEndpoint).Port, 1)],
    };

    internal async Task StartAsync(MeshSnapshot snapshot)
    {
        var plan = Plans.Builder.TryBuild(snapshot, null, Plans.Problems);
        Assert.True(plan is not null, string.Join("; ", Plans.Problems));
        _control.Start();
        await OnControlAsync(() => Server.StartAsync(plan));
    }

    internal Task DrainAsync(bool inboundOnly) => OnControlAsync(() =>
    {
        Server.DrainListeners(graceful: false, inboundOnly);
        return Task.CompletedTask;
    });

    internal Task ApplyAsync(MeshSnapshot snapshot) => OnControlAsync(() => Server.Apply(snapshot));

    internal async Task<TcpClient> ConnectAsync(string listener = "in")
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Server.Listeners.Single(bound => bound.Configuration.Name == listener).Addresses[0].Port);
        return client;
    }

    /// <summary>A client with a certificate of the mesh.</summary>
    internal async Task<SslStream> SecureAsync(TcpClient client, (PemFile Chain, PemFile Key)? credential = null)
    {
        var (chain, key) = credential ?? Plans.Authority.Issue("spiffe://cluster.local/ns/test/sa/client");
        using var pem = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(chain.Content.Span), Encoding.ASCII.GetString(key.Content.Span));
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "server",
            EnabledSslProtocols = SslProtocols.Tls13,
            ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null)],
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        }).WaitAsync(Patience.WithATask);
        return stream;
    }

    /// <returns>Whether it came back.</returns>
    internal static async Task<bool> EchoesAsync(Stream stream, string text = "ping")
    {
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask().WaitAsync(Patience.WithATask);
            var buffer = new byte[text.Length];
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Patience.WithATask) == buffer.Length;
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal long Closed(string reason) =>
        Plans.Registry.All.Where(stat => stat.Family == "intercept.connections_closed" && stat.Labels.Any(label => label.Value == reason)).Sum(stat => stat.Value);

    internal async Task ClosesAsync(string reason, int count = 1)
    {
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        while (Closed(reason) < count)
        {
            Assert.True(Environment.TickCount64 < until, $"{Closed(reason)} closed as {reason}: {string.Join("; ", Log.Lines)}");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _backend.Dispose();
        await OnControlAsync(() =>
        {
            Server.Quit();
            return Task.CompletedTask;
        });
        await Server.Ended.WaitAsync(Patience.WithATask);
        Server.Dispose();
        _control.Dispose();
        Plans.Dispose();
        _ending.Dispose();
        Assert.DoesNotContain(Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private async Task OnControlAsync(Func<Task> work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _control.Start(async () =>
        {
            await work();
            done.SetResult();
        });
        await done.Task.WaitAsync(Patience.WithATask);
    }

    private async Task EchoAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var client = await _backend.AcceptTcpClientAsync(_ending.Token);
                _ = EchoAsync(client);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private static async Task EchoAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            await client.GetStream().CopyToAsync(client.GetStream());
        }
        catch (IOException)
        {
            // The proxy cut it.
        }
    }
}
