using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Intercept.Control.Authentication;
using Intercept.Control.Authority;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Intercept.Tests.Unit.Control.Authority;

/// <summary>The authority behind its gRPC services, on a TLS port and on a Unix socket, as the program serves them.</summary>
internal sealed class ServedAuthority : IAsyncDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly WebApplication _application;

    private ServedAuthority(TimeProvider time, Func<AuthenticationOptions, AuthenticationOptions> change)
    {
        Options = new AuthorityOptions { TrustDomain = AuthorityUnderTest.Domain("cluster.local"), StateFolder = _scratch.State, RootsFile = _scratch.At("roots.pem") };
        Mesh = MeshAuthority.Open(Options, change(new AuthenticationOptions()), time, NullLogger.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(Mesh.CertificateService()).AddSingleton(Mesh.WorkloadApi(_stopping.Token));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(SocketPath, endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http2;
                _ = endpoint.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = context => ValueTask.FromResult(Mesh.ServerTls.OptionsFor(context.ClientHelloInfo.ServerName)),
                });
            });
        });
        _application = builder.Build();
        _ = _application.MapGrpcService<IstioCertificateService>();
        _ = _application.MapGrpcService<WorkloadApiService>();
    }

    internal AuthorityOptions Options { get; }

    internal MeshAuthority Mesh { get; }

    internal int TlsPort => new Uri(_application.Urls.Single(url => url.StartsWith("https", StringComparison.Ordinal))).Port;

    internal string SocketPath => _scratch.At("control.sock");

    internal static async Task<ServedAuthority> StartAsync(TimeProvider time, Func<AuthenticationOptions, AuthenticationOptions> change)
    {
        var served = new ServedAuthority(time, change);
        await served._application.StartAsync();
        return served;
    }

    internal JoinTokens Tokens(TimeProvider time)
    {
        var key = TokenKey.OpenOrCreate(_scratch.State);
        return new JoinTokens(key, Options.TrustDomain, time);
    }

    internal void AskForRotation() => File.WriteAllText(Path.Combine(Options.StateFolder, OwnAuthority.RotationRequestName), "");

    internal GrpcChannel OverUnixSocket() => GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
    });

    /// <param name="certificate">To show; null shows none.</param>
    /// <param name="seen">Told the server's certificate; the system's own checks are made as well where the clock is the system's.</param>
    internal GrpcChannel OverTls(X509Certificate2? certificate = null, Action<X509Certificate2>? seen = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, server, chain, errors) =>
        {
            seen?.Invoke(new X509Certificate2((X509Certificate2)server!));
            if (seen is not null)
            {
                return true;
            }

            using var own = ChainPolicy.NewChain(
                Roots(), chain!.ChainPolicy.ExtraStore, DateTimeOffset.UtcNow, new("1.3.6.1.5.5.7.3.1"));
            return own.Build((X509Certificate2)server!) && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        };
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return GrpcChannel.ForAddress($"https://localhost:{TlsPort}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    internal X509Certificate2Collection Roots()
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(Options.RootsFile!);
        return roots;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _application.StopAsync(_stopping.Token);
        await _application.DisposeAsync();
        Mesh.Dispose();
        _stopping.Dispose();
        _scratch.Dispose();
    }
}
