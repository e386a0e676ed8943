using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Sidecars;

/// <summary>The node that a sidecar says it is: its ID and metadata as istiod reads them.</summary>
internal sealed class SidecarNode(SidecarVariables variables, ProxyConfigVariable configuration, ImmutableArray<Problem>.Builder problems)
{
    private const string MetadataPrefix = "ISTIO_META_";
    private const string JsonMetadataPrefix = "ISTIO_METAJSON_";
    private const string ClusterIdName = "ISTIO_META_CLUSTER_ID";

    /// <summary>What this proxy relays: a control plane of ours sends no HTTP filters before it is told that they are understood.</summary>
    private const string Protocols = "tcp";

    public string ClusterId => variables.Find(ClusterIdName) ?? "Kubernetes";

    public ControlPlaneNode Read(string pod, string space, string account)
    {
        var address = Address();
        var labels = Downward("LABELS", "./etc/istio/pod/labels");
        var annotations = Downward("ANNOTATIONS", "./etc/istio/pod/annotations");
        var metadata = new Struct
        {
            Fields =
            {
                ["NAME"] = Value.ForString(pod),
                ["NAMESPACE"] = Value.ForString(space),
                ["SERVICE_ACCOUNT"] = Value.ForString(account),
                ["CLUSTER_ID"] = Value.ForString(ClusterId),
                ["INSTANCE_IPS"] = Value.ForString(address),
                ["INTERCEPTION_MODE"] = Value.ForString("REDIRECT"),
                ["INTERCEPT_PROTOCOLS"] = Value.ForString(Protocols),
            },
        };
        Put(metadata, "MESH_ID", configuration.MeshId is { } mesh ? Value.ForString(mesh) : null);
        Put(metadata, "PROXY_CONFIG", configuration.Fields is { } fields ? Value.ForStruct(fields) : null);
        Put(metadata, "LABELS", labels is null ? null : Value.ForStruct(labels));
        Put(metadata, "ANNOTATIONS", annotations is null ? null : Value.ForStruct(annotations));
        AddVariables(metadata);
        var domain = $"{space}.svc.{variables.Find("CLUSTER_DOMAIN") ?? "cluster.local"}";
        return new ControlPlaneNode(
            $"sidecar~{address}~{pod}.{space}~{domain}", Cluster(labels, space), JsonFormatter.Default.Format(metadata), Locality(labels));
    }

    private string Address()
    {
        var text = variables.Require("INSTANCE_IP", "the pod's IP address");
        if (text.Length == 0 || NetAddress.TryParse(text, out var address))
        {
            return text;
        }

        variables.Report("INSTANCE_IP", text, "is not an IP address", "10.1.2.3 or fd00::1");
        return address.ToString();
    }

    private Struct? Downward(string name, string path)
    {
        var values = DownwardFile.TryRead(variables.Path(path), out var why);
        if (why is not null)
        {
            problems.Add(new Problem(variables.Path(path), 0, name, null, why, "name=\"value\", a line each"));
        }

        return values;
    }

    /// <summary>ISTIO_META_X sets X; ISTIO_METAJSON_X, whose value is an object, sets all that is in it.</summary>
    private void AddVariables(Struct metadata)
    {
        foreach (var (name, value) in variables.All.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                metadata.Fields[name[MetadataPrefix.Length..]] = Value.ForString(value);
            }
            else if (name.StartsWith(JsonMetadataPrefix, StringComparison.Ordinal) && Json(name, value) is { } values)
            {
                foreach (var (key, entry) in values.Fields)
                {
                    metadata.Fields[key] = entry;
                }
            }
        }
    }

    private Struct? Json(string name, string value)
    {
        var before = problems.Count;
        return DocumentText.Parse($"{name}.json", value, problems) is { } document
            && new StructEncoder(SidecarVariables.Source, problems).Encode(document, name) is var bytes && problems.Count == before
            ? Struct.Parser.ParseFrom(bytes)
            : null;
    }

    private string Cluster(Struct? labels, string space)
    {
        var app = Label(labels, "app") ?? Label(labels, "app.kubernetes.io/name");
        return app is not null ? $"{app}.{space}" : configuration.ServiceCluster ?? "istio-proxy";
    }

    // Istio's label: region.zone.subzone, since a label cannot have slashes.
    private static NodeLocality Locality(Struct? labels)
    {
        var parts = Label(labels, "istio-locality")?.Split('.', 3) ?? [];
        return new NodeLocality(parts.ElementAtOrDefault(0), parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }

    private static string? Label(Struct? labels, string name) => labels?.Fields.GetValueOrDefault(name)?.StringValue is { Length: > 0 } value ? value : null;

    private static void Put(Struct metadata, string name, Value? value)
    {
        if (value is not null)
        {
            metadata.Fields[name] = value;
        }
    }
}
