namespace Intercept.Control.Model;

/// <summary>
/// Where a resource was written: a file of the folder, or an object of the Kubernetes API. All origins are equal, for it
/// changes nothing in the mesh that a manifest has moved.
/// </summary>
/// <param name="Source">web.yaml, or /apis/.../namespaces/shop/peerauthentications/default.</param>
/// <param name="Line">The line that its document starts on; 0 where there are no lines.</param>
internal sealed record Origin(string Source, int Line)
{
    public static Origin None { get; } = new("", 0);

    public bool Equals(Origin? other) => other is not null;

    public override int GetHashCode() => 0;

    public override string ToString() => Line > 0 ? $"{Source}:{Line}" : Source;
}
