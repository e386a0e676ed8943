using Intercept.Control.Manifests.Reading;
using Intercept.Core.Problems;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>
/// targetRef and targetRefs: policies for gateways and waypoints. A gateway's is no concern of sidecars, in Istio's mesh
/// either; what a waypoint would enforce for a service must not be lost in silence.
/// </summary>
internal static class TargetReferences
{
    /// <summary>Whether a policy is only for proxies that are not served.</summary>
    public static bool AreForOthers(Fields fields)
    {
        var targets = fields.Objects("targetRefs", Read);
        if (fields.Object("targetRef", Read) is { } single)
        {
            targets = [.. targets, single];
        }

        foreach (var target in targets.Where(target => target.Kind != "Gateway"))
        {
            fields.Report("targetRefs", target.Kind, "is enforced by a waypoint, which is not supported", "selector.matchLabels");
        }

        if (targets.IsEmpty)
        {
            return false;
        }

        fields.Scope.Warnings.Add(new Problem(
            fields.Scope.Source, fields.Line, fields.PathOf("targetRefs"), null, "has no effect: gateways are not served", null));
        return true;
    }

    private static Target Read(Fields fields)
    {
        fields.Ignore("name", "namespace", "group");
        return new Target(fields.RequiredText("kind", Forms.NotEmpty));
    }

    private sealed record Target(string Kind);
}
