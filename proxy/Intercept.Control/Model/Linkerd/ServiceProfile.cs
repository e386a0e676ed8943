namespace Intercept.Control.Model.Linkerd;

/// <summary>
/// A Linkerd ServiceProfile. Its name is the host. The caller's namespace is looked in first, then the service's own; it
/// outranks other routing only if it has routes or overrides.
/// </summary>
/// <param name="RetryBudget">Null: ratio 0.2, 10 a second, 10 s.</param>
internal sealed record ServiceProfile(
    ResourceMeta Meta,
    ValueList<ProfileRoute> Routes,
    RetryBudget? RetryBudget,
    ValueList<WeightedAuthority> Overrides,
    ValueList<int> OpaquePorts) : MeshResource(Meta)
{
    public string Host => Meta.Name;
}
