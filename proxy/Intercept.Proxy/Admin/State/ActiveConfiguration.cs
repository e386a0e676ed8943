using Intercept.Mesh;

namespace Intercept.Proxy.Admin.State;

/// <param name="Since">When it came into effect.</param>
internal sealed record ActiveConfiguration(MeshSnapshot Snapshot, DateTimeOffset Since);
