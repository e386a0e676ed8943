using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text.Json;
using Intercept.Core;
using Intercept.Node.Reporting;

namespace Intercept.Node.Commands;

/// <summary>Asks the agent on its socket.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string socket, bool isJson, TextWriter output, Action<string> progress, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { ConnectCallback = (_, limit) => ConnectAsync(socket, limit) };
        using var client = new HttpClient(handler) { Timeout = _patience };
        string answer;
        try
        {
            answer = await client.GetStringAsync(new Uri("http://intercept-node/status"), cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            progress($"no agent answers on {socket}: {failure.InnerException?.Message ?? failure.Message}; is `intercept-node run` running? (--state-dir)");
            return ExitCode.Failed;
        }

        if (JsonSerializer.Deserialize(answer, NodeJson.Default.NodeStatus) is not { } status)
        {
            progress($"{socket} answers in a form that this version does not know");
            return ExitCode.Failed;
        }

        await output.WriteLineAsync(isJson ? answer.TrimEnd() : StatusText.Of(status));
        return status.Problems.Count == 0 && status.Plugin?.Problem is null && status.Pods.All(pod => pod.State == PodStatus.Captured)
            ? ExitCode.Success
            : ExitCode.CaptureNotInEffect;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The stream owns the socket.")]
    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
