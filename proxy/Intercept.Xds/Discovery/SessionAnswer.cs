using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>What follows from a response.</summary>
/// <param name="Type">Of its resources; null when nothing here speaks of it.</param>
/// <param name="Requests">To be sent in this order: the ACK or NACK, then what is wanted since.</param>
/// <param name="ControlPlane">What the server calls itself; null when it does not say.</param>
/// <param name="Refusal">The text of the NACK; null when the response was accepted.</param>
/// <param name="ServerErrors">What the server says of resources that it cannot give.</param>
internal sealed record SessionAnswer<TRequest>(
    ResourceType? Type, ImmutableArray<TRequest> Requests, string? ControlPlane, string? Refusal, ImmutableArray<string> ServerErrors);
