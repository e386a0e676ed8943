using System.Collections.Immutable;

namespace Intercept.Control.CommandLine;

internal sealed record ValidateOptions(ImmutableArray<string> Folders, MeshFlags Mesh, bool IsJson);
