using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>Istio's two ways of writing the same.</summary>
internal static class Selectors
{
    /// <summary>selector.matchLabels of the security API. Null when it selects everything.</summary>
    public static WorkloadSelector? ReadMatchLabels(Fields fields, string name = "selector") =>
        fields.Object(name, selector => OrNothing(selector.TextMap("matchLabels", Forms.LabelKey, Forms.LabelValue)));

    /// <summary>workloadSelector.labels of the networking API. Null when it selects everything.</summary>
    public static WorkloadSelector? ReadLabels(Fields fields, string name = "workloadSelector") =>
        fields.Object(name, selector => OrNothing(selector.TextMap("labels", Forms.LabelKey, Forms.LabelValue)));

    private static WorkloadSelector? OrNothing(ValueMap<string> labels) => labels.IsEmpty ? null : new WorkloadSelector(labels);
}
