using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>A gRPC server with one service, on http://unix:/path, http://host:0 or https://host:0.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GrpcHost(WebApplication application) => _application = application;

    /// <summary>host:port.</summary>
    public string Address => new Uri(_application.Urls.First()).Authority;

    /// <param name="isWelcome">Of a client's certificate, which the handshake ends over when it is not; null asks for none.</param>
    public static async Task<GrpcHost> StartAsync<TService>(
        string url, TService service, X509Certificate2? certificate = null, Func<X509Certificate2, bool>? isWelcome = null)
        where TService : class
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(service);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.ConfigureHttpsDefaults(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = isWelcome is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = isWelcome is null ? null : (shown, _, _) => isWelcome(shown);
            });
        });
        var application = builder.Build();
        application.MapGrpcService<TService>();
        await application.StartAsync();
        return new GrpcHost(application);
    }

    public async ValueTask DisposeAsync()
    {
        // At once: a test that ends does not wait for streams that never do.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
