namespace Intercept.Xds.Discovery;

/// <summary>The types of resources, in the order in which a change of several is made before the old is broken.</summary>
internal enum ResourceType
{
    Cluster,
    Endpoint,
    Listener,
    Route,
    Secret,
}
