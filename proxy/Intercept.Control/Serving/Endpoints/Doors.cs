using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Intercept.Control.Serving.Endpoints;

/// <summary>Kestrel's side of the addresses: which protocol each speaks, and the mark by which its connections are known.</summary>
internal static class Doors
{
    // A proxy that is suspended for a moment is not a proxy that is gone; one that reads nothing for this long is.
    private static readonly TimeSpan _readsNothing = TimeSpan.FromMinutes(1);

    public static void Configure(KestrelServerOptions kestrel, ListeningOn addresses, IServerTls? tls, int streams)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = streams + 1024L;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinResponseDataRate = new MinDataRate(240, _readsNothing);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        foreach (var address in addresses.Plaintext)
        {
            kestrel.Listen(address, options => Open(options, ServedOn.Plaintext, HttpProtocols.Http2));
        }

        foreach (var address in addresses.Tls)
        {
            kestrel.Listen(address, options => OpenTls(options, tls ?? throw new InvalidOperationException("there is no certificate for the TLS port")));
        }

        foreach (var address in addresses.Status)
        {
            kestrel.Listen(address, options => Open(options, ServedOn.Status, HttpProtocols.Http1));
        }

        if (addresses.Socket is { } path)
        {
            kestrel.ListenUnixSocket(path, options => Open(options, ServedOn.UnixSocket, HttpProtocols.Http2));
        }
    }

    private static void Open(ListenOptions options, ServedOn on, HttpProtocols protocols)
    {
        options.Protocols = protocols;
        options.Use(next => connection =>
        {
            connection.Features.Set(new Door(on, (connection.RemoteEndPoint as IPEndPoint)?.Address));
            return next(connection);
        });
    }

    private static void OpenTls(ListenOptions options, IServerTls tls)
    {
        Open(options, ServedOn.Tls, HttpProtocols.Http2);
        options.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = TimeSpan.FromSeconds(10),
            OnConnection = handshake =>
            {
                var server = tls.OptionsFor(handshake.ClientHelloInfo.ServerName);
                server.ApplicationProtocols ??= [SslApplicationProtocol.Http2];
                return ValueTask.FromResult(server);
            },
        });
    }
}
