using Intercept.Control.Model;

namespace Intercept.Control.Generation;

/// <summary>From the mesh to what one proxy needs of it. Pure; called on any thread, and for several proxies at once.</summary>
internal interface IResourceGenerator
{
    ProxyResources Generate(MeshModel model, ProxyNode node);

    /// <summary>
    /// What of the node the result depends on, comparable by value: nodes with equal inputs in the same model are given one result.
    /// </summary>
    object InputsOf(MeshModel model, ProxyNode node);
}
