using System.Collections.Immutable;

namespace Intercept.Control.CommandLine;

internal sealed record ValidateOptions(ImmutableArray<string> Paths, MeshFlags Mesh, bool IsJson);
