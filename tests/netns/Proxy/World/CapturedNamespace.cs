using System.Diagnostics;
using System.Globalization;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>A network namespace whose outbound connections to a range of addresses are redirected to a port.</summary>
internal sealed class CapturedNamespace(string range, int port) : IAsyncDisposable
{
    private const string OwnAddress = "10.95.0.1";

    private readonly string _name = $"intercept-{Environment.ProcessId}-{Guid.NewGuid():N}"[..30];
    private readonly List<Process> _servers = [];

    /// <summary>In front of a command, runs it in here.</summary>
    internal string[] Prefix => ["ip", "netns", "exec", _name];

    internal async Task StartAsync()
    {
        await RunAsync("ip", "netns", "add", _name);
        await RunAsync([.. Prefix, "ip", "link", "set", "lo", "up"]);
        await RunAsync([.. Prefix, "ip", "address", "add", OwnAddress, "dev", "lo"]);
        await RunAsync([.. Prefix, "ip", "route", "add", range, "dev", "lo", "src", OwnAddress]);
        await RunAsync([.. Prefix, "iptables", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-d", range, "-j", "REDIRECT", "--to-ports", port.ToString(CultureInfo.InvariantCulture)]);
    }

    /// <summary>A server on loopback that says one word to everybody.</summary>
    /// <returns>Its port.</returns>
    internal async Task<int> AnswerAsync(string word)
    {
        const string Script = """
            import socket, sys
            server = socket.create_server(("127.0.0.1", 0))
            print(server.getsockname()[1], flush=True)
            while True:
                client, _ = server.accept()
                client.sendall(sys.argv[1].encode())
                client.close()
            """;
        var server = Launch(["python3", "-c", Script, word]);
        _servers.Add(server);
        return int.Parse((await server.StandardOutput.ReadLineAsync().WaitAsync(Patience.WithAProgram))!, CultureInfo.InvariantCulture);
    }

    /// <returns>All that the other side says; empty where it was reset.</returns>
    internal async Task<string> AskAsync(string address, int port)
    {
        const string Script = """
            import socket, sys
            try:
                client = socket.create_connection((sys.argv[1], int(sys.argv[2])), 10)
                print(client.makefile().read(), end="")
            except ConnectionResetError:
                pass
            """;
        using var client = Launch(["python3", "-c", Script, address, port.ToString(CultureInfo.InvariantCulture)]);
        var said = await client.StandardOutput.ReadToEndAsync().WaitAsync(Patience.WithAProgram);
        await client.WaitForExitAsync().WaitAsync(Patience.WithAProgram);
        Assert.Equal(0, client.ExitCode);
        return said;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            server.Kill();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        await RunAsync("ip", "netns", "delete", _name);
    }

    private Process Launch(string[] command) =>
        Process.Start(new ProcessStartInfo(Prefix[0], [.. Prefix[1..], .. command]) { RedirectStandardOutput = true })!;

    private static async Task RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience.WithAProgram);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {error}");
    }
}
