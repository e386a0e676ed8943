using System.Collections.Immutable;

namespace Intercept.Capture.Agent;

/// <summary>The body of its answer 200.</summary>
/// <param name="Arguments">As intercept-init takes them, complete.</param>
/// <param name="Cgroup">The pod's own, which eBPF needs; null where it is not known.</param>
/// <param name="Backend">As --backend names it; null leaves it to the arguments.</param>
public sealed record DecideAnswer(bool Captured, string Reason, ImmutableArray<string> Arguments, string? Cgroup = null, string? Backend = null);
