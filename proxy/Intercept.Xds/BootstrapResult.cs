using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh;

namespace Intercept.Xds;

/// <summary>A snapshot, or everything that is wrong with the bootstrap: never both, never neither.</summary>
public sealed record BootstrapResult(MeshSnapshot? Snapshot, ImmutableArray<Problem> Problems)
{
    /// <summary>The control plane that dynamic_resources name; null without, and with problems.</summary>
    public ControlPlaneOptions? ControlPlane { get; init; }
}
