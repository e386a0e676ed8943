using Intercept.Control.Generation;
using Intercept.Control.Model;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>Generates for a model the world that the test wrote for it; nodes of one namespace are alike.</summary>
internal sealed class WorldGenerator : IResourceGenerator
{
    private readonly Dictionary<MeshModel, ProxyResources> _worlds = new(ReferenceEqualityComparer.Instance);
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>A model that differs from every other, and means this world.</summary>
    public MeshModel ModelOf(string world)
    {
        lock (_worlds)
        {
            var model = new MeshModel { Options = new MeshOptions { RootNamespace = $"number-{_worlds.Count}" } };
            _worlds.Add(model, Worlds.Parse(world));
            return model;
        }
    }

    public ProxyResources Generate(MeshModel model, ProxyNode node)
    {
        Interlocked.Increment(ref _runs);
        lock (_worlds)
        {
            return _worlds[model];
        }
    }

    public object InputsOf(MeshModel model, ProxyNode node) => node.Namespace;
}
