using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Listeners;

/// <summary>envoy.config.listener.v3.FilterChainMatch. An empty list, or null, matches anything.</summary>
public sealed record FilterChainMatch
{
    public static FilterChainMatch Any { get; } = new();

    public ushort? DestinationPort { get; init; }

    public ImmutableArray<Cidr> DestinationPrefixes { get; init; } = [];

    /// <summary>SNI names, lower case; "*.example.com" matches one or more labels.</summary>
    public ImmutableArray<string> ServerNames { get; init; } = [];

    public DetectedTransport? Transport { get; init; }

    public ImmutableArray<string> ApplicationProtocols { get; init; } = [];

    public ImmutableArray<Cidr> SourcePrefixes { get; init; } = [];

    public ImmutableArray<ushort> SourcePorts { get; init; } = [];

    public bool Equals(FilterChainMatch? other) =>
        other is not null && DestinationPort == other.DestinationPort && Transport == other.Transport
        && DestinationPrefixes.SameAs(other.DestinationPrefixes) && ServerNames.SameAs(other.ServerNames)
        && ApplicationProtocols.SameAs(other.ApplicationProtocols) && SourcePrefixes.SameAs(other.SourcePrefixes)
        && SourcePorts.SameAs(other.SourcePorts);

    public override int GetHashCode() => HashCode.Combine(DestinationPort, Transport, DestinationPrefixes.Length, ServerNames.Length);
}
