using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Netns.Proxy.World;

/// <summary>Clients and servers that know nothing of Intercept.</summary>
internal static class Peer
{
    internal static async Task<TcpClient> ConnectAsync(int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>Connects where the proxy may reset at once, which a client can learn while it still connects.</summary>
    internal static async Task<string> ConnectAndReadAsync(int port)
    {
        try
        {
            using var client = await ConnectAsync(port);
            return await EndOfAsync(client.GetStream());
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "reset";
        }
    }

    /// <summary>One question over a connection of its own; "" where it was reset, even while it connected.</summary>
    internal static async Task<string> AskOnceAsync(int port, string question)
    {
        try
        {
            using var client = await ConnectAsync(port);
            return await AskAsync(client.GetStream(), question);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }

    /// <summary>A TLS client that shows any certificate and believes any server.</summary>
    internal static async Task<SslStream> SecureAsync(
        TcpClient client, (PemFile Chain, PemFile Key)? credential, SslProtocols protocols = SslProtocols.Tls13, string? serverName = null)
    {
        var stream = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName ?? "",
            EnabledSslProtocols = protocols,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        };
        if (credential is var (chain, key))
        {
            using var bare = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(chain.Content.Span), Encoding.ASCII.GetString(key.Content.Span));
            var certificate = X509CertificateLoader.LoadPkcs12(bare.Export(X509ContentType.Pkcs12), null);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        await stream.AuthenticateAsClientAsync(options).WaitAsync(Patience.WithAProgram);
        return stream;
    }

    /// <summary>Sends a line and gives what comes back until as much came or the stream ended or broke.</summary>
    internal static async Task<string> AskAsync(Stream stream, string question)
    {
        var buffer = new byte[question.Length];
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(question));
            var got = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Patience.WithAProgram);
            return Encoding.ASCII.GetString(buffer, 0, got);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Reads to the end: "" for an end in good order, "reset" for a broken stream.</summary>
    internal static async Task<string> EndOfAsync(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience.WithAProgram) > 0)
            {
            }

            return "";
        }
        catch (IOException)
        {
            return "reset";
        }
    }
}
