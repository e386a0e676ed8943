using System.Collections.Concurrent;
using Intercept.Control.Generation;
using Intercept.Control.Model;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Pushing;

/// <summary>One model that is in force, and what was generated from it so far: once for all proxies that are alike.</summary>
/// <param name="generator">Pure.</param>
/// <param name="previous">Sets that come out the same as there are taken from there, so that a change costs memory only where it changes something.</param>
internal sealed class MeshGeneration(long number, MeshModel model, DateTimeOffset since, IResourceGenerator generator, MeshGeneration? previous)
{
    private readonly ConcurrentDictionary<object, Lazy<ProxyResources>> _byInputs = new();
    private MeshGeneration? _previous = previous;

    public long Number => number;

    public MeshModel Model => model;

    public DateTimeOffset Since => since;

    /// <summary>Kinds of proxies that something was generated for.</summary>
    public int Variants => _byInputs.Count;

    /// <summary>Any thread. Those that are alike wait for the first of them.</summary>
    public ProxyResources ResourcesFor(ProxyNode node)
    {
        var inputs = generator.InputsOf(model, node);
        return _byInputs.GetOrAdd(inputs, static (inputs, from) => new Lazy<ProxyResources>(() => from.Self.Generate(inputs, from.Node)), (Self: this, Node: node)).Value;
    }

    /// <summary>When the next one takes over: generations must not hold on to all that were before them.</summary>
    public void Retire() => Volatile.Write(ref _previous, null);

    private ProxyResources Generate(object inputs, ProxyNode node)
    {
        var made = generator.Generate(model, node);
        var earlier = Volatile.Read(ref _previous)?.Find(inputs);
        return earlier is null ? made : new ProxyResources(TypeUrls.All.ToDictionary(
            type => type, type => made[type].Version == earlier[type].Version ? earlier[type] : made[type]));
    }

    private ProxyResources? Find(object inputs) =>
        _byInputs.TryGetValue(inputs, out var known) && known.IsValueCreated ? known.Value : null;
}
