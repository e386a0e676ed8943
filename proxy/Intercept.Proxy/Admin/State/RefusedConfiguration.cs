using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Proxy.Admin.State;

/// <summary>A new configuration that was not taken; the one before it stays in effect.</summary>
internal sealed record RefusedConfiguration(DateTimeOffset At, ImmutableArray<Problem> Problems);
