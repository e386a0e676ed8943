using System.Collections.Immutable;
using Intercept.Control.Model;

namespace Intercept.Control.Generation.Indexing;

/// <summary>A model with everything by which it is searched. What has not changed since the one before keeps its objects.</summary>
internal sealed class MeshIndex
{
    private MeshIndex(MeshModel model, MeshShape shape, ImmutableArray<EndpointsNode> endpoints) =>
        (Model, Shape, Endpoints) = (model, shape, endpoints);

    public MeshModel Model { get; }

    public MeshShape Shape { get; }

    /// <summary>At the positions of <see cref="MeshShape.Services"/>.</summary>
    public ImmutableArray<EndpointsNode> Endpoints { get; }

    public static MeshIndex Of(MeshModel model, MeshIndex? previous)
    {
        if (previous is not null && ReferenceEquals(previous.Model, model))
        {
            return previous;
        }

        var shape = MeshShape.Of(model, previous?.Shape);
        var before = Before(shape, previous);
        var endpoints = ImmutableArray.CreateBuilder<EndpointsNode>(shape.Services.Length);
        for (var i = 0; i < shape.Services.Length; i++)
        {
            var now = model.Endpoints.GetValueOrDefault(shape.Services[i].Key) ?? Control.Model.Services.ServiceEndpoints.None;
            endpoints.Add(EndpointsNode.Of(now, model.Options.TrustDomain, before(i)));
        }

        return new MeshIndex(model, shape, endpoints.MoveToImmutable());
    }

    /// <summary>The workload of a proxy by its name, else by its address; null while nothing describes it.</summary>
    public Workload? Find(ProxyNode node)
    {
        var workloads = Model.Workloads;
        var (low, high) = (0, workloads.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Compare(workloads[middle], node) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low < workloads.Count && Compare(workloads[low], node) == 0
            ? workloads[low]
            : workloads.FirstOrDefault(workload =>
                workload.Namespace == node.Namespace && workload.Addresses.Any(address => node.Addresses.Contains(address)));
    }

    private static int Compare(Workload workload, ProxyNode node)
    {
        var order = string.CompareOrdinal(workload.Namespace, node.Namespace);
        return order != 0 ? order : string.CompareOrdinal(workload.Name, node.Name);
    }

    private static Func<int, EndpointsNode?> Before(MeshShape shape, MeshIndex? previous)
    {
        if (previous is null || previous.Model.Options.TrustDomain != shape.Options.TrustDomain)
        {
            return static _ => null;
        }

        if (ReferenceEquals(previous.Shape, shape))
        {
            return i => previous.Endpoints[i];
        }

        var known = new Dictionary<string, EndpointsNode>(StringComparer.Ordinal);
        for (var i = 0; i < previous.Endpoints.Length; i++)
        {
            known.TryAdd(previous.Shape.Services[i].Key, previous.Endpoints[i]);
        }

        return i => known.GetValueOrDefault(shape.Services[i].Key);
    }
}
