using Intercept.Core.Outcomes;

namespace Intercept.Runtime.Relays;

/// <summary>How a relay ended, and what it carried.</summary>
/// <param name="Reason">The first reason; for an orderly end, the side whose FIN came first.</param>
/// <param name="Blame">The side that ended it.</param>
/// <param name="BytesToUpstream">Received from downstream.</param>
/// <param name="BytesToDownstream">Received from upstream.</param>
public readonly record struct RelayOutcome(CloseReason Reason, Blame Blame, long BytesToUpstream, long BytesToDownstream);
