using System.Diagnostics.CodeAnalysis;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Serving;
using Intercept.Runtime.Loops;
using Intercept.Xds.Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Feeding;

/// <summary>Runs the source of the proxy's own certificate on tasks of the thread pool; what it gives goes to the store of secrets.</summary>
internal sealed partial class CertificateFeed(
    ICertificateProvider provider, EventLoop control, ProxyServer server, SecretStore secrets, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CertificateProviderStatus Status => provider.Status;

    private string Name => $"a certificate from {provider.Status.Source}";

    /// <summary>Before the server starts: it is not ready without a certificate.</summary>
    public void Start()
    {
        server.Readiness.Await(Name, () => provider.Status.LastError);
        secrets.Changed += OnChanged;
        _ = RunAsync();
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

    [SuppressMessage("Design", "CA1031", Justification = "A defect of the provider must not end the proxy: it goes on with the certificate that it has.")]
    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await provider.RunAsync(secrets, stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // As told.
        }
        catch (Exception exception)
        {
            LogEscaped(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the source of certificates met a defect of the proxy; the certificate in use stays until it expires")]
    private static partial void LogEscaped(ILogger logger, Exception exception);
}
