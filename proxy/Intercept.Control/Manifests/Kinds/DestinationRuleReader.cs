using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

internal static class DestinationRuleReader
{
    public static DestinationRule? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        fields.Require("spec", "a mapping with a host");
        return fields.Object("spec", spec => ReadSpec(spec, meta));
    }

    private static DestinationRule ReadSpec(Fields fields, ResourceMeta meta)
    {
        var subsets = fields.Objects("subsets", ReadSubset);
        foreach (var twice in subsets.GroupBy(subset => subset.Name).Where(group => group.Count() > 1))
        {
            fields.Report("subsets", twice.Key, "is the name of more than one subset", "another name for each");
        }

        return new DestinationRule(
            meta,
            Hosts.Complete(fields.RequiredText("host", Forms.HostPattern), meta.Namespace, fields.Scope.Options),
            fields.Object("trafficPolicy", TrafficPolicyReader.Read),
            subsets,
            fields.Texts("exportTo", Forms.ExportTo),
            Selectors.ReadMatchLabels(fields, "workloadSelector"));
    }

    private static Subset ReadSubset(Fields fields) => new(
        fields.RequiredText("name", Forms.Label),
        fields.TextMap("labels", Forms.LabelKey, Forms.LabelValue),
        fields.Object("trafficPolicy", TrafficPolicyReader.Read));
}
