namespace Intercept.Control.Model;

/// <param name="Created">Of two policies that contradict each other the older one holds; null counts as oldest.</param>
internal sealed record ResourceMeta(
    string Namespace,
    string Name,
    ValueMap<string> Labels,
    ValueMap<string> Annotations,
    DateTimeOffset? Created,
    Origin Origin)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
