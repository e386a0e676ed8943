using System.Collections.Immutable;
using Intercept.Mesh.Policy;
using Intercept.Mesh.Tls;

namespace Intercept.Mesh.Listeners;

/// <summary>envoy.config.listener.v3.FilterChain: RBAC filters, then one tcp_proxy.</summary>
public sealed record FilterChain
{
    public required string Name { get; init; }

    public required FilterChainMatch Match { get; init; }

    /// <summary>Null serves plaintext.</summary>
    public required DownstreamTls? Tls { get; init; }

    public required TimeSpan TransportSocketConnectTimeout { get; init; }

    /// <summary>Evaluated in order; the first that does not allow closes the connection.</summary>
    public required ImmutableArray<NetworkRbac> Rbac { get; init; }

    public required TcpProxy Proxy { get; init; }

    public bool Equals(FilterChain? other) =>
        other is not null && Name == other.Name && Match == other.Match && Tls == other.Tls && Proxy == other.Proxy
        && TransportSocketConnectTimeout == other.TransportSocketConnectTimeout && Rbac.SameAs(other.Rbac);

    public override int GetHashCode() => HashCode.Combine(Name, Match, Proxy);
}
