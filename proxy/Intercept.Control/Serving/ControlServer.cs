using System.Net.Sockets;
using Envoy.Config.Core.V3;
using Intercept.Control.Logging;
using Intercept.Control.Serving.Endpoints;
using Intercept.Control.Serving.Streams;
using Intercept.Control.Status;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Serving;

/// <summary>The one HTTP server: gRPC by three doors, and pages by the fourth.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ListeningOn _addresses;

    private ControlServer(WebApplication application, ListeningOn addresses)
    {
        _application = application;
        _addresses = addresses;
    }

    /// <summary>As they were bound: with a port that was asked for as 0, the one that was given.</summary>
    public IEnumerable<string> Addresses =>
        _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    /// <param name="services">Other gRPC services: the authority's. Registers them, and maps them with their doors.</param>
    public static ControlServer Create(ServerParts parts, ControlLog log, params IEnumerable<IServedServices> services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddProvider(log);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Doors.Configure(kestrel, parts.Addresses, parts.Tls, parts.Streams.Options.Streams));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = parts.Streams.Options.RequestLength;

            // A mesh's clusters are as many as they are, and a part of them would be wrong.
            grpc.MaxSendMessageSize = null;
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = parts.DrainTime);
        builder.Services.AddSingleton(new AggregatedDiscovery(
            new DiscoveryStreams(parts.Streams, parts.Authenticator), parts.Streams.Options, new ControlPlane { Identifier = parts.Identity }));
        var others = services.ToList();
        others.ForEach(service => service.Register(builder.Services));

        var application = builder.Build();
        application.UseRouting();
        AllowedDoors.Use(application);
        application.MapGrpcService<AggregatedDiscovery>().WithMetadata(AllowedDoors.Discovery);
        others.ForEach(service => service.Map(application));
        StatusPages.Map(application, parts.Status, parts.Metrics);
        return new ControlServer(application, parts.Addresses);
    }

    /// <returns>Null, or why it does not listen.</returns>
    public async Task<string?> StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _application.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException or AddressInUseException)
        {
            return e.Message;
        }

        if (_addresses.Socket is { } path)
        {
            SocketFile.Open(path);
        }

        return null;
    }

    /// <summary>GOAWAY on every connection, then waits for what is under way, but not longer than the time to drain.</summary>
    public Task StopAsync() => _application.StopAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
