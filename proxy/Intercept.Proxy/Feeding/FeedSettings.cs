using System.Text.Json.Nodes;
using Intercept.Mesh;
using Intercept.Proxy.CommandLine;
using Intercept.Xds;

namespace Intercept.Proxy.Feeding;

/// <summary>Which control plane is to be followed, from the flags and the bootstrap: a flag wins.</summary>
internal static class FeedSettings
{
    // What this version relays: a control plane that knows the key sends HTTP ports as TCP.
    private const string ProtocolsKey = "INTERCEPT_PROTOCOLS";
    private const string Protocols = "tcp";

    private const string StateFile = "control-plane.state";

    /// <returns>Null when there is none.</returns>
    public static ControlPlaneOptions? ControlPlane(FeedOptions flags, ControlPlaneOptions? ofBootstrap, NodeIdentity node)
    {
        if (flags.ControlPlane is null && ofBootstrap is null)
        {
            return null;
        }

        var options = flags.ControlPlane is null
            ? ofBootstrap!
            : new ControlPlaneOptions
            {
                Address = flags.ControlPlane.ToString(),
                TrustPath = flags.ControlPlaneTrustPath,
                Node = ofBootstrap?.Node ?? new ControlPlaneNode(node.Id, node.Cluster),
            };
        return options with
        {
            Node = options.Node with { Metadata = WithProtocols(options.Node.Metadata) },
            TokenPath = flags.TokenPath ?? options.TokenPath,
            CachePath = flags.StateFolder is { } folder ? Path.Combine(folder, StateFile) : options.CachePath,
        };
    }

    private static string WithProtocols(string metadata)
    {
        var fields = JsonNode.Parse(metadata)?.AsObject() ?? [];
        fields.TryAdd(ProtocolsKey, JsonValue.Create(Protocols));
        return fields.ToJsonString();
    }
}
