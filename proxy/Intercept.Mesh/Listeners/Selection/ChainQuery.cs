using System.Collections.Immutable;
using Intercept.Core.Addressing;

namespace Intercept.Mesh.Listeners.Selection;

/// <summary>What a filter chain may be chosen by.</summary>
/// <param name="Source">The downstream's address.</param>
/// <param name="Destination">The original destination, else the listener's own address.</param>
/// <param name="Transport">Raw where the listener does not inspect TLS.</param>
/// <param name="ServerName">The SNI, or null.</param>
/// <param name="ApplicationProtocols">The ALPN names that the client offers, in its order; empty without.</param>
public readonly record struct ChainQuery(
    NetEndpoint Source,
    NetEndpoint Destination,
    DetectedTransport Transport,
    string? ServerName,
    ImmutableArray<string> ApplicationProtocols)
{
    public static ChainQuery Plain(NetEndpoint source, NetEndpoint destination) =>
        new(source, destination, DetectedTransport.RawBuffer, null, []);
}
