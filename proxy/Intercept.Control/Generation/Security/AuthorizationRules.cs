using Envoy.Config.Rbac.V3;
using Intercept.Control.Generation.Indexing;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;
using RbacAction = Envoy.Config.Rbac.V3.RBAC.Types.Action;

namespace Intercept.Control.Generation.Security;

/// <summary>
/// The AuthorizationPolicies that hold for a workload, as RBAC: first those that only report, then those that deny, then
/// those that allow. An external authorizer (CUSTOM) cannot be asked from here: what it would decide on is denied.
/// </summary>
internal static class AuthorizationRules
{
    /// <param name="seesRequests">Whether the filter runs for each request; else it knows the connection only.</param>
    public static IEnumerable<RBAC> For(MeshShape shape, string @namespace, ValueMap<string> labels, bool seesRequests)
    {
        var policies = shape.AuthorizationPolicies.Where(policy =>
            (policy.Namespace == @namespace || policy.Namespace == shape.Options.RootNamespace)
            && (policy.Selector is null || policy.Selector.Matches(labels))).ToList();
        var principals = new Principals(shape.Options.TrustDomain);
        foreach (var (action, actions) in (IEnumerable<(RbacAction, AuthorizationAction[])>)
            [
                (RbacAction.Log, [AuthorizationAction.Audit]),
                (RbacAction.Deny, [AuthorizationAction.Deny, AuthorizationAction.Custom]),
                (RbacAction.Allow, [AuthorizationAction.Allow]),
            ])
        {
            var chosen = policies.Where(policy => actions.Contains(policy.Action)).ToList();
            var rules = Build(chosen, action, new RulePolicy(principals, seesRequests, action == RbacAction.Allow));

            // Without a policy a denial denies nobody; an allowance lets nobody in, which is what a policy without rules means.
            if (rules.Policies.Count > 0 || (action == RbacAction.Allow && chosen.Count > 0))
            {
                yield return rules;
            }
        }
    }

    private static RBAC Build(List<AuthorizationPolicy> policies, RbacAction action, RulePolicy translate)
    {
        var rules = new SortedDictionary<string, Policy>(StringComparer.Ordinal);
        foreach (var policy in policies)
        {
            for (var i = 0; i < policy.Rules.Count; i++)
            {
                if (translate.Build(policy.Rules[i]) is { } rule)
                {
                    rules[$"ns[{policy.Namespace}]-policy[{policy.Name}]-rule[{i}]"] = rule;
                }
            }
        }

        return new RBAC { Action = action, Policies = { rules } };
    }
}
