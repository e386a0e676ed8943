using Envoy.Config.Core.V3;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>Certificate and roots from a secret discovery service on this host, two resources of one stream.</summary>
public sealed class SdsProvider(SdsOptions options, TimeProvider time, ILogger logger) : ICertificateProvider
{
    /// <summary>As the secrets name it.</summary>
    public const string Origin = "SDS";

    private readonly ProviderJournal _journal = new($"{Origin} at {options.Address}", time, logger);

    public CertificateProviderStatus Status => _journal.Status;

    public async Task RunAsync(SecretStore store, CancellationToken cancellation)
    {
        var publication = new SecretPublication(store, Origin);
        var client = new DiscoveryClient(
            new DiscoveryOptions
            {
                Server = new ServerOptions { Address = options.Address },
                Node = new Node { Id = options.NodeId },
                Service = DiscoveryService.Secret,
                Delta = options.Delta,
            },
            new SdsReceiver(options, publication, _journal, time),
            time,
            logger);
        try
        {
            await Together.RunAsync(client.RunAsync, ending => time.WaitUntilAsync(null, publication, ending), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As told.
        }
    }
}
