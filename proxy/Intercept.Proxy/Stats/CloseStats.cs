using Intercept.Core.Outcomes;
using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.Stats;

/// <summary>How connections ended: intercept.connections_closed by direction, reason and the side to blame.</summary>
internal sealed class CloseStats(StatRegistry registry)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(TrafficDirection, CloseReason, Blame), Counter> _counters = new();

    public void Note(TrafficDirection direction, CloseReason reason, Blame blame) =>
        _counters.GetOrAdd((direction, reason, blame), static (key, registry) => New(registry, key.Item1, key.Item2, key.Item3), registry).Add();

    private static Counter New(StatRegistry registry, TrafficDirection direction, CloseReason reason, Blame blame) =>
        registry.Counter(
            "intercept.connections_closed",
            [
                new StatLabel("direction", direction.ToString().ToLowerInvariant()),
                new StatLabel("reason", reason.Label()),
                new StatLabel("blame", blame.ToString().ToLowerInvariant()),
            ]);
}
