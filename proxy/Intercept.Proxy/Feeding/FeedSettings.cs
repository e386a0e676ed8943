using System.Collections.Immutable;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Intercept.Proxy.CommandLine;
using Intercept.Xds;
using Intercept.Xds.Certificates;
using Intercept.Xds.Transport;

namespace Intercept.Proxy.Feeding;

/// <summary>Which control plane and which source of certificates, from flags, bootstrap and environment: the first of them that says so.</summary>
internal static class FeedSettings
{
    private const string StateFile = "control-plane.state";

    private static readonly ImmutableHashSet<string> _provided = [Secret.DefaultName, Secret.RootsName];

    /// <returns>Null when there is none.</returns>
    public static ControlPlaneOptions? ControlPlane(FeedOptions given, ControlPlaneOptions? ofBootstrap, NodeIdentity node)
    {
        var configured = ofBootstrap ?? given.Sidecar?.ControlPlane;
        var options = given.ControlPlane is not { } address
            ? configured
            : new ControlPlaneOptions
            {
                Address = address.ToString(),
                TrustPath = given.ControlPlaneTrustPath,
                TokenPath = configured?.TokenPath,
                ClusterId = configured?.ClusterId,
                Node = configured?.Node ?? new ControlPlaneNode(node.Id, node.Cluster),
            };
        return options is null ? null : options with
        {
            Node = ToNode(options.Node, node),
            TokenPath = given.TokenPath ?? options.TokenPath,
            ProvidedSecrets = Certificates(given, node.Id) is null ? [] : _provided,
            CachePath = given.StateFolder is { } folder ? Path.Combine(folder, StateFile) : options.CachePath,
        };
    }

    /// <returns>Null where certificates come in files, from the control plane, or not at all.</returns>
    public static CertificateProviderOptions? Certificates(FeedOptions given, string nodeId) => given switch
    {
        { WorkloadApiSocket: { } socket } => new WorkloadApiOptions { Address = ToAddress(socket), Identity = given.Identity },
        { SdsSocket: { } socket } => new SdsOptions { Address = ToAddress(socket), NodeId = nodeId },
        { Ca: { } address } when (given.Identity ?? given.Sidecar?.Identity) is { } identity => new IstioCaOptions
        {
            Address = address,
            Identity = identity,
            TrustPath = given.CaTrustPath,
            TokenPath = given.TokenPath ?? given.Sidecar?.ControlPlane.TokenPath,
            ClusterId = given.Sidecar?.ControlPlane.ClusterId,
        },
        _ => given.Sidecar?.Certificates,
    };

    private static ServerAddress ToAddress(string socket) =>
        ServerAddress.TryParse($"unix:{socket}") ?? throw new ArgumentException("no path", nameof(socket));

    // --service-node and --service-cluster have been taken into the node of the bootstrap already.
    private static ControlPlaneNode ToNode(ControlPlaneNode node, NodeIdentity ofBootstrap) => node with
    {
        Id = ofBootstrap.Id.Length > 0 ? ofBootstrap.Id : node.Id,
        Cluster = ofBootstrap.Cluster.Length > 0 ? ofBootstrap.Cluster : node.Cluster,
    };
}
