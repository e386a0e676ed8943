using System.Collections.Immutable;
using Intercept.Control.Generation;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;
using Intercept.Xds.Resources;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>A proxy's own intake, fed with what was generated for it.</summary>
internal sealed class FedProxy
{
    private readonly ResourceStore _store;

    public FedProxy(ProxyResources resources)
    {
        var bootstrap = new MeshSnapshot
        {
            Version = 0,
            Node = new NodeIdentity("", ""),
            Admin = null,
            Listeners = [],
            Clusters = ImmutableDictionary<string, Cluster>.Empty,
        };
        _store = new ResourceStore(bootstrap, new SecretStore(), [], ResourceLimits.Default, TimeProvider.System, snapshot => Snapshot = snapshot);
        Problems = [.. TypeUrls.All.SelectMany(type => Feed(type, resources[type]))];
    }

    /// <summary>Whatever it would send back with NACK.</summary>
    public ImmutableArray<Problem> Problems { get; }

    /// <summary>Null if it is not complete.</summary>
    public MeshSnapshot? Snapshot { get; private set; }

    // As a server does: names that are asked for one by one only if they are.
    private ImmutableArray<Problem> Feed(ResourceType type, ResourceSet set)
    {
        var wanted = _store.Wanted(type);
        return wanted.IsNone
            ? []
            : _store.Receive(new ResourceBatch(
                type,
                [.. set.All.Where(resource => wanted.Covers(resource.Name)).Select(resource => new DiscoveredResource(resource.Name, resource.Version, resource.Any.Value))],
                [],
                IsWhole: wanted.IsWildcard));
    }
}
