using System.Collections.Immutable;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;

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
        if (previous is not null && ReferenceEquals(previous.Shape, shape))
        {
            return new MeshIndex(model, shape, Update(previous, model));
        }

        var before = Before(previous, model);
        return new MeshIndex(model, shape, [.. shape.Services.Select(node => NodeOf(model, node.Key, before(node.Key)))]);
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
            : FindByAddress(node);
    }

    private static int Compare(Workload workload, ProxyNode node)
    {
        var order = string.CompareOrdinal(workload.Namespace, node.Namespace);
        return order != 0 ? order : string.CompareOrdinal(workload.Name, node.Name);
    }

    private Workload? FindByAddress(ProxyNode node) => Model.Workloads
        .SkipWhile(workload => workload.Namespace != node.Namespace)
        .TakeWhile(workload => workload.Namespace == node.Namespace)
        .FirstOrDefault(workload => workload.Addresses.Any(address => node.Addresses.Contains(address)));

    // Nothing but endpoints has changed, and those mostly not: the entries of both models stand side by side.
    private static ImmutableArray<EndpointsNode> Update(MeshIndex previous, MeshModel model)
    {
        var (before, now) = (previous.Model.Endpoints.Entries, model.Endpoints.Entries);
        var endpoints = previous.Endpoints.ToBuilder();
        var isAligned = before.Length == now.Length;
        for (var i = 0; i < now.Length && isAligned; i++)
        {
            isAligned = before[i].Key == now[i].Key;
            if (isAligned && !ReferenceEquals(before[i].Value, now[i].Value) && previous.Shape.PositionOf(now[i].Key) is { } position)
            {
                endpoints[position] = EndpointsNode.Of(now[i].Value, model.Options.TrustDomain, endpoints[position]);
            }
        }

        if (!isAligned)
        {
            for (var i = 0; i < endpoints.Count; i++)
            {
                endpoints[i] = NodeOf(model, previous.Shape.Services[i].Key, previous.Endpoints[i]);
            }
        }

        return endpoints.DrainToImmutable();
    }

    private static EndpointsNode NodeOf(MeshModel model, string key, EndpointsNode? before) =>
        EndpointsNode.Of(model.Endpoints.GetValueOrDefault(key) ?? ServiceEndpoints.None, model.Options.TrustDomain, before);

    private static Func<string, EndpointsNode?> Before(MeshIndex? previous, MeshModel model) =>
        previous is null || previous.Model.Options.TrustDomain != model.Options.TrustDomain
            ? static _ => null
            : key => previous.Shape.PositionOf(key) is { } position ? previous.Endpoints[position] : null;
}
