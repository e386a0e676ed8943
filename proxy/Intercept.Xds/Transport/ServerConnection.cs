using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Intercept.Mesh.Tls;

namespace Intercept.Xds.Transport;

/// <summary>
/// One HTTP/2 connection to a gRPC server, made at the first call. To connect again, with what the files say then, is to
/// open another.
/// </summary>
internal sealed class ServerConnection : IDisposable
{
    private readonly ServerOptions _options;
    private readonly ServerTls? _tls;
    private readonly SocketsHttpHandler _handler;
    private readonly GrpcChannel _channel;

    private ServerConnection(ServerOptions options, ServerTls? tls)
    {
        _options = options;
        _tls = tls;
        _handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancel) => ConnectAsync(cancel),
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAliveDelay,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            AllowAutoRedirect = false,
            UseCookies = false,

            // The environment's proxy is for people's traffic.
            UseProxy = false,
        };
        if (tls is not null)
        {
            _handler.SslOptions = tls.Options;
        }

        // The host of the URI is what the server's certificate must bear, and the :authority; the callback connects.
        var address = new UriBuilder(tls is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps, options.ServerName ?? options.Address.Host)
        {
            Port = options.Address.IsUnixSocket ? -1 : options.Address.Port,
        };
        _channel = GrpcChannel.ForAddress(address.Uri, new GrpcChannelOptions
        {
            HttpHandler = _handler,
            MaxReceiveMessageSize = options.MaxMessageBytes,
            MaxSendMessageSize = null,

            // The limit is on what comes, and what is compressed can be any size.
            CompressionProviders = [],
        });
        Calls = _channel.CreateCallInvoker();
    }

    public CallInvoker Calls { get; }

    /// <summary>The server's socket was reached, whatever came after.</summary>
    public bool HasConnected { get; private set; }

    /// <param name="shown">Our own certificate; null shows none.</param>
    /// <returns>Null when a file or the certificate cannot be used; then <paramref name="why"/> says so.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The connection owns the certificates.")]
    public static ServerConnection? TryOpen(ServerOptions options, Secret? shown, out string why)
    {
        why = "";
        if (options.TrustFile is null)
        {
            return new ServerConnection(options, null);
        }

        return ServerTls.TryLoad(options.TrustFile, shown, out why) is { } tls ? new ServerConnection(options, tls) : null;
    }

    /// <summary>What each call bears; the token is read anew. Where a certificate is shown, it may be missing.</summary>
    /// <returns>Null when the token cannot be read and is needed; then <paramref name="why"/> says so.</returns>
    public Metadata? TryReadHeaders(out string why)
    {
        why = "";
        var headers = new Metadata();
        if (_options.ClusterId is { Length: > 0 } cluster)
        {
            headers.Add("clusterid", cluster);
        }

        if (_options.TokenFile is not { } file)
        {
            return headers;
        }

        try
        {
            var token = File.ReadAllText(file).Trim();
            if (token.Length > 0 && token.All(char.IsAscii) && !token.Any(char.IsControl))
            {
                headers.Add("authorization", $"Bearer {token}");
                return headers;
            }

            why = $"{file}: holds no token";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            why = $"{file}: {failure.Message}";
        }

        return _tls is { ShowsCertificate: true } ? headers : null;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _handler.Dispose();
        _tls?.Dispose();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The stream owns the socket, and without a stream it is disposed.")]
    private async ValueTask<Stream> ConnectAsync(CancellationToken cancel)
    {
        var address = _options.Address;
        var socket = address.IsUnixSocket
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            EndPoint target = address.Path is { } path ? new UnixDomainSocketEndPoint(path) : new DnsEndPoint(address.Host, address.Port);
            await socket.ConnectAsync(target, cancel);

            // By what the name resolved to: neither tokens nor keys cross a network in the clear.
            if (_tls is null && socket.RemoteEndPoint is IPEndPoint remote && Unmapped(remote.Address) is var host && !IPAddress.IsLoopback(host))
            {
                throw new IOException($"{host} is not this host, and plaintext does not leave it; name a trust file for TLS");
            }

            HasConnected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException failure) when (address.Path is { } path)
        {
            socket.Dispose();
            throw UnixSocketFailure.Of(path, failure);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
