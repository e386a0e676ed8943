using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Intercept.Runtime.Tls;

namespace Intercept.Tests.Unit.Runtime;

/// <summary>Clients that are not ours: they show any certificate and believe any server.</summary>
internal static class ForeignClient
{
    internal static Task<(HandshakeResult Server, string ClientSaw)> ConnectAsync(
        LoopFixture fixture, TlsServerContext server, PemFile chain, PemFile key) =>
        MeetAsync(fixture, server, port => SpeakAsync(port, chain, key));

    /// <summary>openssl s_client at security level 0: .NET would not show a weak key.</summary>
    internal static Task<(HandshakeResult Server, string ClientSaw)> ConnectWithWeakKeyAsync(
        LoopFixture fixture, TlsServerContext server, PemFile chain, PemFile key) =>
        MeetAsync(fixture, server, async port =>
        {
            var file = Path.GetTempFileName();
            try
            {
                await File.WriteAllBytesAsync(file, [.. chain.Content.Span, (byte)'\n', .. key.Content.Span]);
                using var process = Process.Start(new ProcessStartInfo(
                    "openssl",
                    ["s_client", "-connect", $"127.0.0.1:{port}", "-cert", file, "-key", file, "-cipher", "ALL:@SECLEVEL=0", "-tls1_3", "-ign_eof"])
                {
                    RedirectStandardError = true,
                    RedirectStandardOutput = true,
                    RedirectStandardInput = true,
                })!;
                process.StandardInput.Close();
                var output = process.StandardOutput.ReadToEndAsync();
                var errors = await process.StandardError.ReadToEndAsync().WaitAsync(Patience.WithATask);
                return errors + await output;
            }
            finally
            {
                File.Delete(file);
            }
        });

    private static async Task<(HandshakeResult Server, string ClientSaw)> MeetAsync(
        LoopFixture fixture, TlsServerContext server, Func<int, Task<string>> client)
    {
        var atServer = new TaskCompletionSource<HandshakeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await fixture.ListenAsync(async transport =>
        {
            using var socket = TlsSocket.Accept(transport, server);
            atServer.SetResult(await socket.HandshakeAsync(Patience.WithATask));
        });
        try
        {
            var saw = await client(listener.LocalEndpoint.Port);
            return (await atServer.Task.WaitAsync(Patience.WithATask), saw);
        }
        finally
        {
            fixture.Loop.Post(listener.Dispose);
        }
    }

    private static async Task<string> SpeakAsync(int port, PemFile chain, PemFile key)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        using var certificate = X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(chain.Content.Span), Encoding.ASCII.GetString(key.Content.Span));
        using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "server",
                ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            });
            await tls.ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Patience.WithATask);
            return "";
        }
        catch (Exception exception)
        {
            return exception.ToString();
        }
    }
}
