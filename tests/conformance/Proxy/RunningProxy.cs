using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Intercept.Tests.Unit;

namespace Intercept.Tests.Conformance.Proxy;

/// <summary>intercept-proxy as a program.</summary>
internal sealed class RunningProxy : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _log;
    private readonly int _adminPort;

    private RunningProxy(Process process, int adminPort)
    {
        _process = process;
        _adminPort = adminPort;
        _log = process.StandardError.ReadToEndAsync();
    }

    private static string Program =>
        Path.Combine(Environment.GetEnvironmentVariable("INTERCEPT_BIN") ?? Path.Combine(Repository.Root, "out/bin"), "intercept-proxy");

    /// <summary>With nothing but a control plane's address.</summary>
    /// <param name="stateFolder">Where it keeps the last good state.</param>
    public static RunningProxy Start(string controlPlane, string stateFolder) =>
        StartWith("", "--control-plane", controlPlane, "--state-dir", stateFolder);

    /// <param name="bootstrap">YAML, beside the admin address.</param>
    /// <param name="flags">Beside those that every test needs.</param>
    public static RunningProxy StartWith(string bootstrap, params string[] flags)
    {
        var adminPort = FreePorts.Next();
        string[] arguments =
        [
            "--service-node", "sidecar~10.0.0.1~web.shop~shop.svc.cluster.local",
            "--config-yaml", $"admin: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {adminPort} }} }} }}\n{bootstrap}",
            "--health-address", $"127.0.0.1:{FreePorts.Next()}",
            "--access-log", "off",
            "--concurrency", "1",
            "--drain-time-s", "1",
            .. flags,
        ];
        return new RunningProxy(Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardError = true })!, adminPort);
    }

    /// <summary>Connects until the answer is as expected: the name of an upstream, "" for closed without one, null for refused.</summary>
    public async Task ExpectAsync(int port, string? answer)
    {
        var deadline = Stopwatch.StartNew();
        string? last;
        while ((last = await CallAsync(port)) != answer)
        {
            if (_process.HasExited || deadline.Elapsed > Patience.WithAProgram)
            {
                _process.Kill();
                Assert.Fail($"port {port} answers '{last ?? "(refused)"}', not '{answer ?? "(refused)"}'; the proxy said: {await _log}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Waits until /control_plane shows what is meant, and gives it.</summary>
    public async Task<JsonElement> ExpectAsync(Func<JsonElement, bool> isMeant, string what)
    {
        using var client = new HttpClient();
        var began = Stopwatch.StartNew();
        var last = "";
        while (true)
        {
            try
            {
                last = await client.GetStringAsync(new Uri($"http://127.0.0.1:{_adminPort}/control_plane"));
                if (JsonDocument.Parse(last).RootElement is var page && isMeant(page))
                {
                    return page;
                }
            }
            catch (HttpRequestException)
            {
                // It has not begun to listen.
            }

            if (_process.HasExited || began.Elapsed > Patience.WithAProgram)
            {
                _process.Kill();
                Assert.Fail($"not seen: {what}; the page says {last}; the proxy said: {await _log}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>A page of the admin port.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri($"http://127.0.0.1:{_adminPort}{path}"));
    }

    public static async Task<string?> CallAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
        }
        catch (SocketException)
        {
            return null;
        }

        try
        {
            var buffer = new byte[64];
            return Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        }
        catch (IOException)
        {
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        await _log;
        _process.Dispose();
    }
}
