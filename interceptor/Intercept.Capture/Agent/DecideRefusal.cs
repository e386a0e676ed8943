using System.Collections.Immutable;

namespace Intercept.Capture.Agent;

/// <summary>The body of its answer 422: the pod says what cannot be done.</summary>
public sealed record DecideRefusal(ImmutableArray<string> Problems);
