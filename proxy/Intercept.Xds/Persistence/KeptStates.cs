using System.Collections.Immutable;
using Google.Protobuf;
using Intercept.Mesh.Discovery;
using Intercept.V1;
using Intercept.Xds.Discovery;
using Intercept.Xds.Resources;

namespace Intercept.Xds.Persistence;

/// <summary>What is in a store, as it is kept, and back. In the order of pushes: nothing refers to what comes later.</summary>
internal static class KeptStates
{
    public static KeptState Of(string nodeId, StoredResources stored)
    {
        var state = new KeptState { NodeId = nodeId };
        Add(state, ResourceType.Cluster, stored.State.Clusters);
        Add(state, ResourceType.Endpoint, stored.State.Endpoints);
        Add(state, ResourceType.Listener, stored.State.Listeners);
        Add(state, ResourceType.Listener, stored.RefusedListeners);
        Add(state, ResourceType.Route, stored.State.Routes);
        return state;
    }

    /// <summary>For another store in the same process.</summary>
    /// <param name="withVersions">False for a control plane that did not give them, which could take its own for them.</param>
    public static IEnumerable<ResourceBatch> ToBatches(StoredResources stored, bool withVersions)
    {
        var state = Of("", stored);
        if (!withVersions)
        {
            foreach (var resource in state.Resources)
            {
                resource.Version = "";
            }
        }

        return ToBatches(state);
    }

    public static IEnumerable<ResourceBatch> ToBatches(KeptState state) => TypeUrls.All.Where(type => type != ResourceType.Secret)
        .Select(type => new ResourceBatch(type, [.. Resources(state, type)], [], IsWhole: false));

    private static IEnumerable<DiscoveredResource> Resources(KeptState state, ResourceType type) => state.Resources
        .Where(resource => TypeUrls.Find(resource.TypeUrl) == type)
        .Select(resource => new DiscoveredResource(resource.Name, resource.Version, resource.Message));

    private static void Add(KeptState state, ResourceType type, ImmutableDictionary<string, AcceptedResource> resources)
    {
        foreach (var (name, resource) in resources)
        {
            state.Resources.Add(new KeptState.Types.Resource
            {
                TypeUrl = TypeUrls.Of(type),
                Name = name,
                Version = resource.Version,

                // Nobody writes to what came from the wire.
                Message = UnsafeByteOperations.UnsafeWrap(resource.Message),
            });
        }
    }
}
