namespace Intercept.Control.Manifests;

/// <summary>What makes an object one and the same: of two with one key, one is a mistake.</summary>
/// <param name="Kind">Unique among the kinds that are read; TrafficSplit.</param>
/// <param name="Namespace">Empty for a Namespace itself.</param>
internal readonly record struct ObjectKey(string Kind, string Namespace, string Name) : IComparable<ObjectKey>
{
    public int CompareTo(ObjectKey other) =>
        string.CompareOrdinal(Kind, other.Kind) is not 0 and var kind ? kind
        : string.CompareOrdinal(Namespace, other.Namespace) is not 0 and var space ? space
        : string.CompareOrdinal(Name, other.Name);

    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
