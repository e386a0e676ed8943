using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Security;

namespace Intercept.Control.Manifests.Kinds;

internal static class AuthorizationPolicyReader
{
    public static AuthorizationPolicy? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");

        // Without a spec it allows nothing, as with an empty one.
        return fields.Has("spec")
            ? fields.Object("spec", spec => ReadSpec(spec, meta)) : new AuthorizationPolicy(meta, null, AuthorizationAction.Allow, [], null);
    }

    private static AuthorizationPolicy? ReadSpec(Fields fields, ResourceMeta meta)
    {
        var selector = Selectors.ReadMatchLabels(fields);
        var rules = fields.Objects("rules", rule => AuthorizationRuleReader.Read(rule, meta));
        var action = fields.Choice(
            "action",
            ("ALLOW", AuthorizationAction.Allow), ("DENY", AuthorizationAction.Deny),
            ("AUDIT", AuthorizationAction.Audit), ("CUSTOM", AuthorizationAction.Custom));
        if (action == AuthorizationAction.Custom)
        {
            fields.Report("action", "CUSTOM", "is not supported: there is no external authorizer to ask", "ALLOW, DENY or AUDIT");
            fields.Ignore("provider");
        }
        else
        {
            fields.Refuse("provider", "is only for CUSTOM");
        }

        if (action == AuthorizationAction.Audit)
        {
            fields.Warn("action", "AUDIT has no effect: every connection is in the access log");
        }

        if (action == AuthorizationAction.Deny && rules.IsEmpty)
        {
            fields.Report("rules", null, "is missing, so that this DENY denies nothing", "a list with a rule; [{}] denies everything");
        }

        return TargetReferences.AreForOthers(fields) ? null : new AuthorizationPolicy(meta, selector, action, rules, null);
    }
}
