using System.Collections.Immutable;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;
using Intercept.Runtime.Relays;

namespace Intercept.Proxy.Plans;

/// <summary>A filter chain, ready to serve.</summary>
/// <param name="Chain">Its configuration.</param>
/// <param name="Tls">Null serves plaintext.</param>
/// <param name="Clusters">The targets by the names in the configuration.</param>
internal sealed record ChainPlan(
    FilterChain Chain, ServerTls? Tls, ImmutableArray<RbacPlan> Rbac, ChainStats Stats, ImmutableDictionary<string, ClusterPlan> Clusters)
{
    /// <summary>How its connections are relayed: one object for all of them.</summary>
    public RelayOptions Relaying { get; } = new()
    {
        IdleTimeout = Chain.Proxy.IdleTimeout > TimeSpan.Zero ? Chain.Proxy.IdleTimeout : null,
    };

    /// <summary>The first filter that does not allow decides.</summary>
    public RbacDecision Evaluate(in ConnectionFacts facts)
    {
        var decision = new RbacDecision(Allowed: true, PolicyName: null);
        foreach (var (filter, stats) in Rbac)
        {
            decision = filter.Evaluate(facts);
            stats.Note(decision);
            if (!decision.Allowed)
            {
                return decision with { PolicyName = decision.PolicyName ?? $"no policy of {filter.StatPrefix}" };
            }
        }

        return decision;
    }
}
