using Intercept.Core.Addressing;

namespace Intercept.Control.Model.Traffic;

/// <summary>All of its fields that are given.</summary>
internal sealed record ConnectionMatch
{
    /// <summary>Any of these, "*.suffix" included. Never empty in a tls route, always in a tcp route.</summary>
    public ValueList<string> SniHosts { get; init; }

    public ValueList<Cidr> DestinationSubnets { get; init; }

    public int? Port { get; init; }

    public ValueMap<string> SourceLabels { get; init; }

    public string? SourceNamespace { get; init; }

    public ValueList<string> Gateways { get; init; }
}
