namespace Intercept.Mesh.Discovery;

/// <summary>Something in accepted resources that has no effect here, and why nobody loses by it.</summary>
/// <param name="TypeUrl">Of the resources.</param>
/// <param name="Field">The path in the resource, lists without their index: filter_chains[].metadata.</param>
/// <param name="Reason">A clause.</param>
/// <param name="Resources">How many resources have it.</param>
public sealed record IgnoredFeature(string TypeUrl, string Field, string Reason, int Resources);
