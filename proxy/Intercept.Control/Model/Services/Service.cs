using Intercept.Core.Addressing;

namespace Intercept.Control.Model.Services;

/// <summary>One host with its ports, from a Kubernetes Service or from a ServiceEntry (one for each of its hosts).</summary>
internal sealed record Service
{
    public required ServiceRegistry Registry { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Of the Kubernetes Service or of the ServiceEntry.</summary>
    public required string Name { get; init; }

    /// <summary>web.shop.svc.cluster.local; of a ServiceEntry also api.example.com or *.example.com.</summary>
    public required string Host { get; init; }

    /// <summary>clusterIPs, or the ServiceEntry's addresses; empty for a headless service.</summary>
    public ValueList<Cidr> Addresses { get; init; }

    public ValueList<ServicePort> Ports { get; init; }

    /// <summary>clusterIP: None. Its callers go to the addresses of its pods.</summary>
    public bool IsHeadless { get; init; }

    /// <summary>The pods behind it; null when it has none (its endpoints are written by hand, or are elsewhere).</summary>
    public WorkloadSelector? Selector { get; init; }

    public ServiceResolution Resolution { get; init; }

    /// <summary>Outside the mesh (MESH_EXTERNAL): no mTLS of ours.</summary>
    public bool IsExternal { get; init; }

    /// <summary>Where an ExternalName service leads; null otherwise.</summary>
    public string? ExternalName { get; init; }

    /// <summary>Namespaces that may see it: ".", "*", "~" (none) or names. Empty is the default, "*".</summary>
    public ValueList<string> ExportTo { get; init; }

    /// <summary>What its endpoints' certificates must carry besides, or instead of, their service accounts.</summary>
    public ValueList<string> SubjectAltNames { get; init; }

    /// <summary>Its endpoints count as ready whatever they say (publishNotReadyAddresses).</summary>
    public bool PublishesNotReady { get; init; }

    public ValueMap<string> Labels { get; init; }

    public DateTimeOffset? Created { get; init; }

    public Origin Origin { get; init; } = Origin.None;

    /// <summary>One host may be described in several namespaces.</summary>
    public string Key => $"{Namespace}/{Host}";
}
