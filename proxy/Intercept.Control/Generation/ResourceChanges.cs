using System.Collections.Immutable;

namespace Intercept.Control.Generation;

internal sealed record ResourceChanges(ResourceSet Since, ImmutableArray<GeneratedResource> Updated, ImmutableArray<string> Removed);
