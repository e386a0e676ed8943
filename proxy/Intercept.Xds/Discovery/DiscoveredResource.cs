using Google.Protobuf;

namespace Intercept.Xds.Discovery;

/// <summary>A resource as it came.</summary>
/// <param name="Name">Of the envelope where it has one, else the resource's own.</param>
/// <param name="Version">Its own with delta, that of its response with state of the world.</param>
/// <param name="Value">The bytes of the message; that they are one is for the receiver to find out.</param>
/// <param name="Lifetime">How long it exists if nothing more is said of it (ttl); null is until it is removed.</param>
internal readonly record struct DiscoveredResource(string Name, string Version, ByteString Value, TimeSpan? Lifetime = null);
