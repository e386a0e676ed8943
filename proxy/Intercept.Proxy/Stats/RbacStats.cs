using System.Collections.Concurrent;
using Intercept.Mesh.Policy;

namespace Intercept.Proxy.Stats;

/// <summary>STAT_PREFIX.rbac.allowed and denied, and the same for each policy by name.</summary>
internal sealed class RbacStats(StatRegistry registry, string prefix)
{
    // Denied by no policy: an ALLOW filter that nothing matched.
    private const string NoPolicy = "none";

    private readonly StatLabel _label = new("envoy_rbac_prefix", prefix);
    private readonly Counter _allowed = registry.Counter("rbac", new StatLabel("envoy_rbac_prefix", prefix), "allowed");
    private readonly Counter _denied = registry.Counter("rbac", new StatLabel("envoy_rbac_prefix", prefix), "denied");
    private readonly ConcurrentDictionary<(string Policy, bool Allowed), Counter> _byPolicy = new();

    public void Note(RbacDecision decision)
    {
        (decision.Allowed ? _allowed : _denied).Add();
        _byPolicy.GetOrAdd((decision.PolicyName ?? NoPolicy, decision.Allowed), static (key, from) => from.NewByPolicy(key), this).Add();
    }

    private Counter NewByPolicy((string Policy, bool Allowed) key) =>
        registry.Counter(key.Allowed ? "rbac.policy_allowed" : "rbac.policy_denied", [_label, new StatLabel("policy", key.Policy)]);
}
