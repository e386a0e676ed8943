using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Intercept.Control.Generation.Inbound;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Generation.Scoping;
using Intercept.Control.Model;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation;

/// <summary>
/// From the mesh to what a proxy needs. The result depends on nothing but the arguments; what is remembered between calls
/// only saves the work of making again what has not changed.
/// </summary>
internal sealed class ResourceGenerator : IResourceGenerator
{
    private readonly Lock _lock = new();
    private readonly ConditionalWeakTable<MeshModel, MeshIndex> _indexes = [];
    private readonly Remembered<ProxyScope, OutboundView> _outbound = new();
    private readonly Remembered<GenerationInputs, InboundView> _inbound = new();
    private MeshIndex? _newest;

    public object InputsOf(MeshModel model, ProxyNode node)
    {
        lock (_lock)
        {
            return InputsOf(IndexOf(model), node);
        }
    }

    public ProxyResources Generate(MeshModel model, ProxyNode node)
    {
        lock (_lock)
        {
            var index = IndexOf(model);
            var inputs = InputsOf(index, node);
            var shared = OutboundOf(index, inputs.Scope).Resources(index);
            var own = InboundOf(index, inputs);
            return new ProxyResources(new Dictionary<ResourceType, ResourceSet>
            {
                [ResourceType.Cluster] = Join(own.Clusters, shared.Clusters),
                [ResourceType.Endpoint] = shared.Endpoints,
                [ResourceType.Listener] = Join(own.Listeners, shared.Listeners),
                [ResourceType.Route] = shared.Routes,
            });
        }
    }

    private static GenerationInputs InputsOf(MeshIndex index, ProxyNode node)
    {
        var workload = ServedWorkload.Of(index, node);
        return new GenerationInputs(ProxyScope.Of(index.Shape, node, workload.Labels), workload);
    }

    private static ResourceSet Join(ImmutableArray<GeneratedResource> own, ResourceSet shared) =>
        own.IsEmpty ? shared : new ResourceSet(own, shared);

    private MeshIndex IndexOf(MeshModel model)
    {
        if (!_indexes.TryGetValue(model, out var index))
        {
            index = MeshIndex.Of(model, _newest);
            _indexes.Add(model, index);
            _newest = index;
            _outbound.Turn();
            _inbound.Turn();
        }

        return index;
    }

    private OutboundView OutboundOf(MeshIndex index, ProxyScope scope)
    {
        var known = _outbound.Find(scope);
        return known is not null && ReferenceEquals(known.Shape, index.Shape)
            ? known
            : _outbound.Put(scope, new OutboundView(index.Shape, scope, known?.Latest));
    }

    private InboundView InboundOf(MeshIndex index, GenerationInputs inputs)
    {
        var known = _inbound.Find(inputs);
        return known is not null && ReferenceEquals(known.Shape, index.Shape)
            ? known
            : _inbound.Put(inputs, new InboundView(index.Shape, inputs.Scope, inputs.Workload));
    }
}
