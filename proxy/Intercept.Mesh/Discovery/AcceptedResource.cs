namespace Intercept.Mesh.Discovery;

/// <summary>A resource of a control plane that is in use, or kept for a resource that will use it.</summary>
/// <param name="Version">As the control plane calls it.</param>
/// <param name="Message">The protobuf message as it came.</param>
/// <param name="Since">When it was accepted.</param>
public sealed record AcceptedResource(string Version, ReadOnlyMemory<byte> Message, DateTimeOffset Since);
