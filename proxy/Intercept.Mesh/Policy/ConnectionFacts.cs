using Intercept.Core.Addressing;
using Intercept.Core.Identity;

namespace Intercept.Mesh.Policy;

/// <summary>What network RBAC may ask of a connection.</summary>
/// <param name="Source">The downstream's address as seen by the listener.</param>
/// <param name="Destination">The original destination, else the listener's own address.</param>
/// <param name="Peer">The verified identity; null on plaintext or without a client certificate.</param>
/// <param name="ServerName">The SNI, or null.</param>
public readonly record struct ConnectionFacts(NetEndpoint Source, NetEndpoint Destination, SpiffeId? Peer, string? ServerName);
