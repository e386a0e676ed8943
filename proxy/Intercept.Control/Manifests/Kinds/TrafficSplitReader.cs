using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>An SMI TrafficSplit.</summary>
internal static class TrafficSplitReader
{
    public static TrafficSplit? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        fields.Require("spec", "a mapping with service and backends");
        return fields.Object("spec", spec => ReadSpec(spec, meta));
    }

    private static TrafficSplit ReadSpec(Fields fields, ResourceMeta meta)
    {
        fields.Refuse("matches", "is not supported: all of the traffic would be split", "a VirtualService with a match");
        fields.Require("backends", "a list of services with weights");
        var backends = fields.Objects("backends", backend => ReadBackend(backend, meta));
        foreach (var twice in backends.GroupBy(backend => backend.Host).Where(group => group.Count() > 1))
        {
            fields.Report("backends", twice.Key, "is there more than once", "each service once");
        }

        return new TrafficSplit(
            meta, Hosts.Complete(fields.RequiredText("service", Forms.Host), meta.Namespace, fields.Scope.Options),
            Quantity.InUnits(backends, item => item.Weight, (item, weight) => item with { Weight = weight }));
    }

    private static SplitBackend ReadBackend(Fields fields, ResourceMeta meta)
    {
        fields.Require("weight", Quantity.Allowed);
        return new SplitBackend(
            Hosts.Complete(fields.RequiredText("service", Forms.Host), meta.Namespace, fields.Scope.Options), Quantity.Read(fields, "weight") ?? 0);
    }
}
