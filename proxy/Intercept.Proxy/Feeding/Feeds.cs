using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Serving;
using Intercept.Runtime.Loops;
using Intercept.Xds;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Feeding;

/// <summary>Everything that the proxy is told while it runs, beside its files: a control plane, a source of certificates, both or none.</summary>
internal sealed class Feeds : IDisposable
{
    private readonly ProxyOptions _options;
    private readonly ProxyServer _server;
    private readonly ControlPlaneFeed _controlPlane;
    private readonly CertificateFeed? _certificates;

    public Feeds(
        ProxyOptions options, ICertificateProvider? provider, EventLoop control, ProxyServer server, SecretStore secrets, TimeProvider time, ILogger logger)
    {
        _options = options;
        _server = server;
        _controlPlane = new ControlPlaneFeed(control, server, secrets, time, logger);
        _certificates = provider is null ? null : new CertificateFeed(provider, control, server, secrets, time, logger);
    }

    public ControlPlaneStatus? ControlPlane => _controlPlane.Status;

    public CertificateProviderStatus? Certificates => _certificates?.Status;

    /// <summary>Both, in numbers.</summary>
    public IEnumerable<Stat> Stats(DateTimeOffset now) =>
        [.. FeedStats.Of(ControlPlane, _controlPlane.Defects, now), .. FeedStats.Of(Certificates, _certificates?.Defects ?? 0, now)];

    /// <summary>Before the server starts, so that it knows what to wait for.</summary>
    public void Start(BootstrapResult bootstrap)
    {
        _certificates?.Start();
        if (OptionsOf(bootstrap) is { } options)
        {
            _server.Readiness.Await(ControlPlaneFeed.Name, () => _controlPlane.Why);
            _controlPlane.Follow(options, bootstrap.Snapshot!);
        }

        _server.Reloaded += OnReloaded;
    }

    public void Dispose()
    {
        _server.Reloaded -= OnReloaded;
        _certificates?.Dispose();
        _controlPlane.Dispose();
    }

    // The client starts over with the new bootstrap and with what the one before knew, which stays in effect until the control
    // plane says something new.
    private void OnReloaded(BootstrapResult bootstrap)
    {
        if (OptionsOf(bootstrap) is { } options)
        {
            _controlPlane.Follow(options, bootstrap.Snapshot!);
        }
        else
        {
            _controlPlane.Leave();
            _server.Reach(ControlPlaneFeed.Name);
        }
    }

    private ControlPlaneOptions? OptionsOf(BootstrapResult bootstrap) =>
        FeedSettings.ControlPlane(_options.Feed, bootstrap.ControlPlane, bootstrap.Snapshot!.Node);
}
