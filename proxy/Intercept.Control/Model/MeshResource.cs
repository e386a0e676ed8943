namespace Intercept.Control.Model;

/// <summary>A resource of one of the policy APIs: what people write about services rather than the services themselves.</summary>
internal abstract record MeshResource(ResourceMeta Meta)
{
    public string Namespace => Meta.Namespace;

    public string Name => Meta.Name;

    public Origin Origin => Meta.Origin;
}
