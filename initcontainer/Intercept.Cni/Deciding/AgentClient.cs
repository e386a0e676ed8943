using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Intercept.Capture.Agent;
using Intercept.Capture.Attachments;

namespace Intercept.Cni.Deciding;

/// <summary>
/// One HTTP/1.1 request a connection, over the node agent's Unix socket. HttpClient would cost a pod more start-up time than all the
/// rest of the plugin.
/// </summary>
internal sealed class AgentClient(string socket)
{
    private const int LongestReply = 1 << 20;

    public string Socket => socket;

    public Task<AgentReply> DecideAsync(DecideQuestion question, CancellationToken cancellation) =>
        SendAsync("POST", AgentPaths.Decide, JsonSerializer.SerializeToUtf8Bytes(question, AgentJson.Default.DecideQuestion), cancellation);

    public Task<AgentReply> AttachedAsync(Attachment attachment, CancellationToken cancellation) =>
        SendAsync("POST", AgentPaths.Attached, JsonSerializer.SerializeToUtf8Bytes(attachment, AttachmentJson.Default.Attachment), cancellation);

    public Task<AgentReply> ReadyAsync(CancellationToken cancellation) => SendAsync("GET", AgentPaths.Ready, [], cancellation);

    public Task<AgentReply> LogAsync(string lines, CancellationToken cancellation) =>
        SendAsync("POST", AgentPaths.Log, Encoding.UTF8.GetBytes(lines + "\n"), cancellation);

    /// <exception cref="IOException">Nobody answers there, or not in HTTP.</exception>
    private async Task<AgentReply> SendAsync(string method, string path, byte[] body, CancellationToken cancellation)
    {
        try
        {
            using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"{method} {path} HTTP/1.1\r\nHost: intercept-node\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");
            await WriteAsync(connection, Encoding.ASCII.GetBytes(head), cancellation);
            await WriteAsync(connection, body, cancellation);
            return AgentResponse.Parse(await ReadAsync(connection, cancellation));
        }
        catch (SocketException failure)
        {
            throw new IOException(failure.Message, failure);
        }
        catch (ArgumentException tooLong)
        {
            // The kernel's sockaddr_un has 108 bytes.
            throw new IOException(tooLong.Message, tooLong);
        }
    }

    private static async Task WriteAsync(Socket connection, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await connection.SendAsync(bytes, SocketFlags.None, cancellation)..];
        }
    }

    // Until the reply is whole, or its end: an agent need not close at once.
    private static async Task<byte[]> ReadAsync(Socket connection, CancellationToken cancellation)
    {
        using var reply = new MemoryStream();
        var chunk = new byte[4096];
        int read;
        while ((read = await connection.ReceiveAsync(chunk, SocketFlags.None, cancellation)) > 0)
        {
            await reply.WriteAsync(chunk.AsMemory(0, read), cancellation);
            if (reply.Length > LongestReply)
            {
                throw new IOException($"its answer is longer than {LongestReply} bytes");
            }

            if (AgentResponse.IsWhole(reply.GetBuffer().AsSpan(0, (int)reply.Length)))
            {
                break;
            }
        }

        return reply.ToArray();
    }
}
