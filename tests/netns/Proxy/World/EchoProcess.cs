using System.Diagnostics;
using System.Globalization;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>An echo server with descriptors of its own.</summary>
internal sealed class EchoProcess : IDisposable
{
    private const string Script = """
        import asyncio, sys
        async def serve(reader, writer):
            try:
                while data := await reader.read(4096):
                    writer.write(data)
            except OSError:
                pass
            writer.close()
        async def main():
            server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=4096)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """;

    private readonly Process _process;

    private EchoProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    internal int Port { get; }

    internal static async Task<EchoProcess> StartAsync(string folder)
    {
        var path = Path.Combine(folder, "echo.py");
        await File.WriteAllTextAsync(path, Script);
        var process = Process.Start(new ProcessStartInfo("python3", [path]) { RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience.WithAProgram);
        return new EchoProcess(process, int.Parse(line!, CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
