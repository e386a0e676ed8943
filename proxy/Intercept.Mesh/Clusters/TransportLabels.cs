using System.Collections.Immutable;

namespace Intercept.Mesh.Clusters;

/// <summary>
/// What an endpoint says of the transport that it understands: its metadata under envoy.transport_socket_match, such as
/// tlsMode=istio. Share one object between endpoints that say the same.
/// </summary>
public sealed record TransportLabels
{
    public TransportLabels(IEnumerable<TransportLabel> labels) => Labels = [.. labels.OrderBy(label => label.Name, StringComparer.Ordinal)];

    /// <summary>Says nothing; as a criterion it takes every endpoint.</summary>
    public static TransportLabels None { get; } = new([]);

    /// <summary>In the order of their names.</summary>
    public ImmutableArray<TransportLabel> Labels { get; }

    /// <summary>Whether all that the criteria ask for is said here.</summary>
    public bool Meet(TransportLabels criteria) => criteria.Labels.All(Labels.Contains);

    public bool Equals(TransportLabels? other) => other is not null && Labels.SameAs(other.Labels);

    public override int GetHashCode() => HashCode.Combine(Labels.Length, Labels.IsEmpty ? default : Labels[0]);
}
