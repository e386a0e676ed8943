using System.Threading.Channels;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds;

/// <summary>
/// Asks a control plane for listeners, clusters, endpoints and secrets, and turns what comes into snapshots. It goes on
/// until it is told to stop: a control plane that is away leaves the last good state in use.
/// </summary>
/// <param name="options">Which control plane.</param>
/// <param name="bootstrap">Its resources stay, and win over those of the same name.</param>
/// <param name="secrets">Receives the secrets that come from the control plane.</param>
public sealed class ControlPlaneClient(
    ControlPlaneOptions options, MeshSnapshot bootstrap, SecretStore secrets, TimeProvider time, ILogger logger)
{
    // Only the newest counts: whoever is slow misses states that are no more.
    private readonly Channel<MeshSnapshot> _snapshots = Channel.CreateBounded<MeshSnapshot>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    /// <summary>
    /// The first comes when clusters, their endpoints and listeners are there, or at once from the disk; then one with each change.
    /// </summary>
    public ChannelReader<MeshSnapshot> Snapshots => _snapshots.Reader;

    public ControlPlaneStatus Status { get; private set; } = ControlPlaneStatus.Initial;

    public Task RunAsync(CancellationToken cancellation)
    {
        _ = (options, bootstrap, secrets, time, logger, cancellation);
        throw new NotSupportedException("the discovery client is not wired to the snapshot yet");
    }
}
