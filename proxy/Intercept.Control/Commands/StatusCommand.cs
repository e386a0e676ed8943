using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Intercept.Control.CommandLine;
using Intercept.Control.Status;
using Intercept.Core;

namespace Intercept.Control.Commands;

/// <summary>Asks a control plane on this machine, and prints what it says.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(StatusOptions options, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var where = options.Socket ?? $"{options.Address}";
        try
        {
            using var client = Client(options);
            using var response = await client.GetAsync(new Uri($"http://{(options.Socket is null ? $"{options.Address}" : "localhost")}{StatusPages.StatusPath}"), cancellation);
            if (!response.IsSuccessStatusCode)
            {
                await error.WriteLineAsync($"{ControlCommandLine.Program}: {where} answers {(int)response.StatusCode}: no control plane, or not one that tells its status by this address");
                return ExitCode.Failed;
            }

            var text = await response.Content.ReadAsStringAsync(cancellation);
            var status = JsonSerializer.Deserialize(text, StatusJson.Default.ControlStatus);
            if (status is null)
            {
                await error.WriteLineAsync($"{ControlCommandLine.Program}: {where} says nothing");
                return ExitCode.Failed;
            }

            if (options.IsJson)
            {
                await output.WriteLineAsync(text);
            }
            else
            {
                StatusText.Write(status, output);
            }

            return ExitCode.Success;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or OperationCanceledException)
        {
            var why = e is OperationCanceledException ? $"no answer within {_patience.TotalSeconds} s" : (e.InnerException ?? e).Message;
            await error.WriteLineAsync($"{ControlCommandLine.Program}: {where} does not tell its status: {why}; --status-address or --socket says where serve listens");
            return ExitCode.Failed;
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns the handler.")]
    private static HttpClient Client(StatusOptions options)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = _patience };
        if (options.Socket is { } path)
        {
            handler.ConnectCallback = async (_, cancellation) =>
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
            };
        }

        // The socket speaks HTTP/2 alone, as gRPC does; the status port HTTP/1.1 alone, as everything else does.
        return new HttpClient(handler)
        {
            Timeout = _patience,
            DefaultRequestVersion = options.Socket is null ? HttpVersion.Version11 : HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }
}
