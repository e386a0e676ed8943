using System.Collections.Immutable;

namespace Intercept.Node.Installation;

/// <param name="Changes">What was taken away.</param>
/// <param name="Problems">What could not be.</param>
internal sealed record RemovalOutcome(ImmutableArray<string> Changes, ImmutableArray<string> Problems);
