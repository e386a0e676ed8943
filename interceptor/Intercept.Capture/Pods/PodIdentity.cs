namespace Intercept.Capture.Pods;

/// <param name="Namespace">Empty where the runtime knows none: podman and ctr.</param>
/// <param name="Uid">Empty where the runtime does not say.</param>
public sealed record PodIdentity(string Namespace, string Name, string Uid)
{
    /// <summary>For people: "shop/web-1", or "web-1" where there is no namespace.</summary>
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
