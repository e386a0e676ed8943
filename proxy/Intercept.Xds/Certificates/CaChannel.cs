using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Intercept.Xds.Certificates;

/// <summary>The connection of one call.</summary>
internal static class CaChannel
{
    // A chain and its roots are 10 KB, with RSA and every public authority a quarter of a megabyte.
    private const int LongestAnswer = 1 << 20;

    public static GrpcChannel? TryOpen(IstioCaOptions options, out CertificateProblem problem)
    {
        problem = default;
        if (options.Address.Path is { } path)
        {
            return OpenUnix(path);
        }

        if (options.TrustPath is null)
        {
            if (IsThisHost(options.Address.Host))
            {
                return Open($"http://{options.Address}", new SocketsHttpHandler());
            }

            problem = new CertificateProblem(CertificateFailure.TrustFile, "no authorities to verify the CA with, and no token leaves this host in clear text");
            return null;
        }

        if (TryReadTrust(options.TrustPath, out var why) is not { } roots)
        {
            problem = new CertificateProblem(CertificateFailure.TrustFile, $"{options.TrustPath} {why}");
            return null;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);

        // The host of the URI is what the server's certificate must bear; the callback connects.
        return Open($"https://{options.ServerName ?? options.Address.Host}:{options.Address.Port}", new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
            ConnectCallback = (_, cancellation) => ConnectAsync(new DnsEndPoint(options.Address.Host, options.Address.Port), cancellation),
        });
    }

    public static GrpcChannel OpenUnix(string path) => Open("http://localhost", new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellation) => ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation),
    });

    private static bool IsThisHost(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static GrpcChannel Open(string address, SocketsHttpHandler handler)
    {
        handler.UseProxy = false;
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        return GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LongestAnswer,
        });
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The stream owns the socket.")]
    private static async ValueTask<Stream> ConnectAsync(EndPoint server, CancellationToken cancellation)
    {
        var socket = server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509Certificate2Collection? TryReadTrust(string path, out string why)
    {
        try
        {
            why = "holds no certificate in PEM";
            return PemText.TryReadPem(File.ReadAllText(path)) is { Count: > 0 } roots ? roots : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            why = $"cannot be read: {exception.Message}";
            return null;
        }
    }
}
