using System.Collections.Immutable;
using System.Net;

namespace Intercept.Control.Serving.Endpoints;

/// <summary>The addresses of the three ports, and the socket. Empty and null are off.</summary>
internal sealed record ListeningOn(
    ImmutableArray<IPEndPoint> Plaintext, ImmutableArray<IPEndPoint> Tls, ImmutableArray<IPEndPoint> Status, string? Socket);
