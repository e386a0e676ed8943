using System.Collections.Immutable;

namespace Intercept.Capture.Planning;

/// <summary>What happens to a flow, and why.</summary>
/// <param name="Port">The proxy's port when captured, else 0.</param>
/// <param name="RuleIndex">The rule in <see cref="CapturePlan.Rules"/> that decided; -1 when no rule concerned itself with the flow.</param>
/// <param name="Path">Every rule that matched, in order, the deciding one included.</param>
/// <param name="ConntrackZone">The zone that a DNS packet was put into; 0 is the default zone.</param>
/// <param name="Mark">The packet's mark at the end.</param>
public sealed record Explanation(
    FlowOutcome Outcome, ushort Port, int RuleIndex, ImmutableArray<int> Path, uint ConntrackZone, uint Mark);
