using System.Collections.Immutable;
using System.Threading.Channels;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;
using Intercept.Xds.Persistence;
using Intercept.Xds.Resources;
using Intercept.Xds.Translation;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds;

/// <summary>
/// Asks a control plane for listeners, clusters, endpoints and secrets, and turns what comes into snapshots. It goes on
/// until it is told to stop: a control plane that is away leaves the last good state in use.
/// </summary>
public sealed class ControlPlaneClient
{
    // The control plane sends HTTP as HTTP to those who say that they speak it.
    private const string ProtocolsKey = "INTERCEPT_PROTOCOLS";
    private const string Protocols = "tcp";

    private readonly ControlPlaneOptions _options;
    private readonly StateKeeper? _keeper;
    private readonly ResourceStore _store;
    private readonly ControlPlaneWatch _watch;
    private readonly DiscoveryClient _discovery;

    // Only the newest counts: whoever is slow misses states that are no more.
    private readonly Channel<MeshSnapshot> _snapshots = Channel.CreateBounded<MeshSnapshot>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });

    /// <param name="options">Which control plane.</param>
    /// <param name="bootstrap">Its resources stay, and win over those of the same name.</param>
    /// <param name="secrets">Receives the secrets that come from the control plane.</param>
    /// <exception cref="ArgumentException">The address is not of the form that <see cref="ServerAddress"/> takes.</exception>
    public ControlPlaneClient(ControlPlaneOptions options, MeshSnapshot bootstrap, SecretStore secrets, TimeProvider time, ILogger logger)
    {
        _options = options;
        _store = new ResourceStore(bootstrap, secrets, options.ProvidedSecrets, ResourceLimits.Default, time, Publish);
        _keeper = options.CachePath is { } path ? new StateKeeper(path, options.Node.Id, _store, time) : null;
        _watch = new ControlPlaneWatch(_store, _keeper, time, logger);
        _discovery = new DiscoveryClient(ToDiscovery(options, secrets), _watch, time, logger);
    }

    /// <summary>
    /// The first comes when clusters, their endpoints and listeners are there, or at once from the disk; then one with each change.
    /// </summary>
    public ChannelReader<MeshSnapshot> Snapshots => _snapshots.Reader;

    /// <summary>As of now. Any thread.</summary>
    public ControlPlaneStatus Status
    {
        get
        {
            var (discovery, state) = (_discovery.Status, _store.Stored.State);
            return new ControlPlaneStatus
            {
                IsConnected = discovery.IsConnected,
                ControlPlane = discovery.ControlPlane,
                IsDelta = discovery.IsDelta,
                LastFailure = discovery.LastFailure,
                Streams = discovery.Streams,
                Failures = discovery.Failures,
                LastResponse = discovery.LastResponse,
                Responses = discovery.Responses,
                Refusals = discovery.Refusals,
                ByService = [.. discovery.ByType.Select((count, type) => new DiscoveryCount(TypeUrls.ServiceOf((ResourceType)type), count.Responses, count.Refusals))],
                IsFromDisk = _watch.IsFromDisk,
                CurrentAsOf = _watch.CurrentAsOf(discovery.IsConnected),
                DiskProblem = _keeper?.Problem,
                Clusters = state.Clusters.Count,
                Endpoints = state.Endpoints.Count,
                Listeners = state.Listeners.Count,
                Refused = state.Refused.Length,
            };
        }
    }

    /// <summary>Takes back from the disk what was kept there. Before it runs.</summary>
    public void Restore() => _watch.Restore();

    /// <summary>Takes over what another client knew, which has ended. Before it runs.</summary>
    /// <returns>False when that one knew nothing yet.</returns>
    public bool TryTakeOver(ControlPlaneClient before) =>
        _watch.TryTakeOver(before._watch, isSameServer: before._options.Address == _options.Address && before._options.Node == _options.Node);

    /// <summary>Until cancelled; then it returns. To be called once.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await (_keeper is null ? _discovery.RunAsync(cancellation) : Together.RunAsync(_discovery.RunAsync, _keeper.RunAsync, cancellation));
        _snapshots.Writer.TryComplete();
    }

    private void Publish(MeshSnapshot snapshot) => _snapshots.Writer.TryWrite(snapshot);

    private static DiscoveryOptions ToDiscovery(ControlPlaneOptions options, SecretStore secrets) => new()
    {
        Server = new ServerOptions
        {
            Address = ServerAddress.TryParse(options.Address) ?? throw new ArgumentException($"'{options.Address}' is not {ServerAddress.Form}", nameof(options)),
            TrustFile = options.TrustPath,
            ServerName = options.ServerName,
            TokenFile = options.TokenPath,
            ClusterId = options.ClusterId,
            Identity = () => secrets.Find(Secret.DefaultName),
        },
        Node = ToNode(options.Node),
        Delta = options.Delta,
        InitialFetchTimeouts = ImmutableDictionary<ResourceType, TimeSpan>.Empty
            .Add(ResourceType.Cluster, options.InitialFetchTimeout)
            .Add(ResourceType.Listener, options.InitialFetchTimeout),
    };

    private static Node ToNode(ControlPlaneNode node)
    {
        var metadata = StructJson.Read(node.Metadata);
        metadata.Fields[ProtocolsKey] = Value.ForString(Protocols);
        return new Node
        {
            Id = node.Id,
            Cluster = node.Cluster,
            Metadata = metadata,
            Locality = new Locality { Region = node.Locality.Region ?? "", Zone = node.Locality.Zone ?? "", SubZone = node.Locality.SubZone ?? "" },
        };
    }
}
