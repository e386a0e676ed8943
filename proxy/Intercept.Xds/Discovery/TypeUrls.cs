using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>What xDS calls the types of resources.</summary>
internal static class TypeUrls
{
    /// <summary>In the order of <see cref="ResourceType"/>, which is that of pushes.</summary>
    public static ImmutableArray<ResourceType> All { get; } =
        [ResourceType.Cluster, ResourceType.Endpoint, ResourceType.Listener, ResourceType.Route, ResourceType.Secret];

    public static string Of(ResourceType type) => type switch
    {
        ResourceType.Cluster => "type.googleapis.com/envoy.config.cluster.v3.Cluster",
        ResourceType.Endpoint => "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
        ResourceType.Listener => "type.googleapis.com/envoy.config.listener.v3.Listener",
        ResourceType.Route => "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        _ => "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
    };

    /// <summary>What the service of a type is called: cds, lds, ...</summary>
    public static string ServiceOf(ResourceType type) => type switch
    {
        ResourceType.Cluster => "cds",
        ResourceType.Endpoint => "eds",
        ResourceType.Listener => "lds",
        ResourceType.Route => "rds",
        _ => "sds",
    };

    /// <summary>Null for a type that nothing here speaks of.</summary>
    public static ResourceType? Find(string typeUrl)
    {
        foreach (var type in All)
        {
            if (Of(type) == typeUrl)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>How a resource is named to people, and as the source of a problem: "Cluster 'outbound|80||a.b'".</summary>
    public static string Describe(ResourceType type, string name) => $"{Of(type).Split('.')[^1]} '{name}'";
}
