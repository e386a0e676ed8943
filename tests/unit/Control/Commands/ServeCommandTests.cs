using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Intercept.Control;
using Intercept.Control.Authentication;
using Intercept.Control.Kubernetes;
using Intercept.Control.Status;
using Intercept.Tests.Unit.Control.Kubernetes;

namespace Intercept.Tests.Unit.Control.Commands;

/// <summary>The program from its arguments to its exit code, in this process.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private const string Service =
        """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},"spec":{"clusterIP":"10.96.0.1","ports":[{"name":"tcp-web","port":80}]}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("intercept-serve-").FullName;
    private readonly StringWriter _error = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly int _statusPort = FreePorts.Next();

    [Fact]
    public async Task Serves_a_folder_until_it_is_told_to_end()
    {
        var manifests = Directory.CreateDirectory(Path.Combine(_folder, "manifests")).FullName;
        await File.WriteAllTextAsync(Path.Combine(manifests, "web.json"), Service);
        var running = RunAsync("--manifests", manifests);
        var status = await StatusAsync(running);
        Assert.Equal((1, manifests), (status.Generation, status.Source));
        Assert.NotNull(status.Certificates);
        await EndAsync(running);
    }

    [Fact]
    public async Task Serves_what_the_Kubernetes_API_holds()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Put("services", Service);
        var kubeconfig = Path.Combine(_folder, "kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            contexts: [{name: test, context: {cluster: test, user: test} }]
            clusters: [{name: test, cluster: {server: "{{server.Configuration.Host}}"} }]
            users: [{name: test, user: {token: token} }]
            """);
        var running = RunAsync("--kubernetes", "--kubeconfig", kubeconfig);
        Assert.Equal(1, (await StatusAsync(running)).Generation);
        await EndAsync(running);
    }

    [Fact]
    public async Task Asks_the_API_with_the_credentials_of_the_moment()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var api = new ApiServer(server.Configuration);
        var (answer, failure) = await new KubernetesCalls(api.SendAsync).CallAsync("api/v1/services", null, CancellationToken.None);
        Assert.Null(failure);
        Assert.Equal(JsonValueKind.Array, answer!.RootElement.GetProperty("items").ValueKind);
    }

    [Fact]
    public async Task Names_what_it_cannot_use_all_at_once()
    {
        var socket = Path.Combine(_folder, "socket");
        await File.WriteAllTextAsync(socket, "no socket");
        Assert.Equal(64, await RunAsync("--kubernetes", "--kubeconfig", Path.Combine(_folder, "nowhere"), "--socket", socket).WaitAsync(Patience.WithATask));
        Assert.Contains("--socket", $"{_error}", StringComparison.Ordinal);
        Assert.Contains("--kubernetes does not find the API server", $"{_error}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_who_has_the_address_that_it_needs()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, _statusPort));
        other.Listen();
        Assert.Equal(1, await RunAsync("--manifests", _folder).WaitAsync(Patience.WithATask));
        Assert.Contains($"127.0.0.1:{_statusPort}", $"{_error}", StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _error.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<int> RunAsync(params string[] arguments) => ControlProgram.RunAsync(
        [
            "serve", .. arguments, "--state-dir", Path.Combine(_folder, "state"), "--plaintext-address", $"127.0.0.1:{FreePorts.Next()}",
            "--tls-address", $"127.0.0.1:{FreePorts.Next()}", "--status-address", $"127.0.0.1:{_statusPort}", "--drain-time-s", "0",
        ],
        new Dictionary<string, string>(), TextWriter.Null, TextWriter.Synchronized(_error), TimeProvider.System, _stop.Token);

    private async Task<ControlStatus> StatusAsync(Task<int> running)
    {
        using var client = new HttpClient();
        using var late = new CancellationTokenSource(Patience.WithATask);
        while (true)
        {
            Assert.False(running.IsCompleted, $"{_error}");
            try
            {
                var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_statusPort}/status"), late.Token);
                if (JsonSerializer.Deserialize(text, StatusJson.Default.ControlStatus) is { IsReady: true } status)
                {
                    return status;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(20, late.Token);
        }
    }

    private async Task EndAsync(Task<int> running)
    {
        await _stop.CancelAsync();
        Assert.Equal(0, await running.WaitAsync(Patience.WithATask));
    }
}
