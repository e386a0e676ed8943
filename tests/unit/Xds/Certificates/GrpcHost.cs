using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>A gRPC server with one service, on http://unix:/path, http://host:0 or https://host:0.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GrpcHost(WebApplication application) => _application = application;

    /// <summary>host:port.</summary>
    public string Address => new Uri(_application.Urls.First()).Authority;

    public static async Task<GrpcHost> StartAsync<TService>(string url, TService service, X509Certificate2? certificate = null)
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
            kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate);
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
