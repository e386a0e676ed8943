using Intercept.Mesh.Tls;
using Intercept.Proxy.Serving;
using Intercept.Runtime.Loops;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Feeding;

/// <summary>Runs the source of the proxy's own certificate on tasks of the thread pool; what it gives goes to the store of secrets.</summary>
internal sealed class CertificateFeed(
    ICertificateProvider provider, EventLoop control, ProxyServer server, SecretStore secrets, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly FeedRunner _runner = new("the source of certificates", time, logger);

    public CertificateProviderStatus Status => provider.Status;

    public long Defects => _runner.Defects;

    private string Name => $"a certificate from {provider.Status.Source}";

    /// <summary>Before the server starts: it is not ready without a certificate.</summary>
    public void Start()
    {
        server.Readiness.Await(Name, () => _runner.Explain(provider.Status.LastError));
        secrets.Changed += OnChanged;
        _ = _runner.RunAsync(stopping => provider.RunAsync(secrets, stopping), _stopping.Token);
    }

    public void Dispose()
    {
        secrets.Changed -= OnChanged;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void OnChanged(string name)
    {
        if (secrets.Find(Secret.DefaultName) is { HasCertificate: true })
        {
            control.Post(() => server.Reach(Name));
        }
    }
}
