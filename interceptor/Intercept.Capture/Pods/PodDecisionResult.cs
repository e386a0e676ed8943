using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Capture.Pods;

/// <param name="Decision">Null when there is any problem: such a pod is refused, not passed.</param>
public sealed record PodDecisionResult(PodDecision? Decision, ImmutableArray<Problem> Problems);
