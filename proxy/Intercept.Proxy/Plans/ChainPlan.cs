using System.Collections.Immutable;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;
using Intercept.Runtime.Relays;

namespace Intercept.Proxy.Plans;

/// <summary>A filter chain, ready to serve. Its clusters are looked up by name in the plan in effect.</summary>
/// <param name="Chain">Its configuration.</param>
/// <param name="Tls">Null serves plaintext.</param>
internal sealed record ChainPlan(FilterChain Chain, ServerTls? Tls, ImmutableArray<RbacPlan> Rbac, LazyStats<ChainStats> LazyStats)
{
    public ChainStats Stats => LazyStats.Value;

    /// <summary>How its connections are relayed: one object for all of them.</summary>
    public RelayOptions Relaying { get; } = new()
    {
        IdleTimeout = Chain.Proxy.IdleTimeout > TimeSpan.Zero ? Chain.Proxy.IdleTimeout : null,
    };

    public bool Targets(string cluster)
    {
        foreach (var target in Chain.Proxy.Clusters)
        {
            if (target.Name == cluster)
            {
                return true;
            }
        }

        return false;
    }

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
