using System.Diagnostics;
using System.Text.Json;
using Intercept.Tests.Unit;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>The published intercept-control over a folder of manifests. It can be killed and started again on the same ports.</summary>
internal sealed class RunningControlPlane : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly string _manifests;
    private readonly string _state;
    private readonly string[] _more;
    private readonly int[] _ports = [FreePorts.Next(), FreePorts.Next(), FreePorts.Next()];
    private Process? _process;
    private Task<string>? _errors;

    private RunningControlPlane(string manifests, string state, string[] more)
    {
        _manifests = manifests;
        _state = state;
        _more = more;
    }

    /// <summary>tests/run says where the programs are; by hand it is out/bin.</summary>
    public static string Program { get; } =
        Path.Combine(Environment.GetEnvironmentVariable("INTERCEPT_BIN") ?? Path.Combine(Repository.Root, "out/bin"), "intercept-control");

    public string Plaintext => $"127.0.0.1:{_ports[0]}";

    public string Tls => $"localhost:{_ports[1]}";

    public string RootsFile => $"{_state}-roots.pem";

    public string StatusAddress => $"127.0.0.1:{_ports[2]}";

    public int ProcessId => _process!.Id;

    /// <param name="manifests">A folder.</param>
    /// <param name="state">A folder of its own.</param>
    /// <param name="more">Flags.</param>
    public static async Task<RunningControlPlane> StartAsync(string manifests, string state, params string[] more)
    {
        var plane = new RunningControlPlane(manifests, state, more);
        await plane.StartAsync();
        return plane;
    }

    public async Task StartAsync()
    {
        string[] arguments =
        [
            "serve", "--manifests", _manifests, "--state-dir", _state, "--plaintext-address", Plaintext,
            "--tls-address", $"127.0.0.1:{_ports[1]}", "--status-address", StatusAddress, "--drain-time-s", "1",
            "--roots-file", RootsFile, .. _more,
        ];
        _process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardError = true })!;
        _errors = _process.StandardError.ReadToEndAsync();
        using var client = new HttpClient();
        var began = Stopwatch.StartNew();
        while (!await IsReadyAsync(client))
        {
            Assert.True(!_process.HasExited, $"intercept-control ended: {(_process.HasExited ? await _errors : "")}");
            Assert.True(began.Elapsed < Patience.WithATask, "intercept-control is not ready");
            await Task.Delay(20);
        }
    }

    /// <returns>A join token.</returns>
    public async Task<string> TokenAsync(string identity, string life)
    {
        var start = new ProcessStartInfo(Program, ["token", "create", "--identity", identity, "--ttl", life, "--state-dir", _state]) { RedirectStandardOutput = true };
        using var program = Process.Start(start)!;
        var token = await program.StandardOutput.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
        return token;
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <returns>The exit code of an end in order.</returns>
    public async Task<int> StopAsync()
    {
        using (Process.Start("/bin/kill", [$"-{Terminate}", $"{_process!.Id}"]))
        {
            await _process.WaitForExitAsync();
        }

        var code = _process.ExitCode;
        _process.Dispose();
        _process = null;
        return code;
    }

    public async Task<JsonElement> StatusAsync()
    {
        using var client = new HttpClient();
        return JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://{StatusAddress}/status"))).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var response = await client.GetAsync(new Uri($"http://{StatusAddress}/ready"));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
