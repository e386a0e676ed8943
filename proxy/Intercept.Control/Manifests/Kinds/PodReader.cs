using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>
/// Of a pod: its addresses, labels, account, ports and whether it is ready. The rest of it belongs to Kubernetes, and is
/// not looked at.
/// </summary>
internal static class PodReader
{
    private const string InjectionStatus = "sidecar.istio.io/status";

    /// <returns>Null for a pod that has run to its end: its address may be another's by now.</returns>
    public static Workload? Read(Fields fields, ResourceMeta meta)
    {
        var spec = fields.Object("spec", ReadSpec) ?? new PodSpec("default", null, false, []);
        var status = fields.Object("status", ReadStatus) ?? new PodStatus("Running", true, []);
        if (status.Phase is "Succeeded" or "Failed")
        {
            return null;
        }

        return new Workload
        {
            Kind = WorkloadKind.Pod,
            Namespace = meta.Namespace,
            Name = meta.Name,
            Addresses = status.Addresses,
            Labels = meta.Labels,
            ServiceAccount = spec.ServiceAccount,
            Ports = spec.Ports,
            Node = spec.Node,
            HostNetwork = spec.HostNetwork,
            IsReady = status.IsReady && status.Phase != "Pending",
            IsMeshed = MeshMarks.IsMeshed(meta.Labels) ?? meta.Annotations.ContainsKey(InjectionStatus),
            Locality = MeshMarks.Locality(meta.Labels),
            Origin = meta.Origin,
        };
    }

    private static PodSpec ReadSpec(Fields fields)
    {
        fields.IgnoreOthers();
        var ports = fields.Objects("containers", ReadContainer)
            .Concat(fields.Objects("initContainers", ReadContainer)).SelectMany(list => list).ToValueList();
        return new PodSpec(
            fields.Text("serviceAccountName", Forms.Name) ?? "default", fields.Text("nodeName"), fields.Flag("hostNetwork") ?? false, ports);
    }

    private static IReadOnlyList<WorkloadPort> ReadContainer(Fields fields)
    {
        fields.IgnoreOthers();
        return fields.Objects("ports", ReadPort);
    }

    private static WorkloadPort? ReadPort(Fields fields)
    {
        fields.IgnoreOthers();
        fields.Require("containerPort", "a number from 1 to 65535");
        var port = fields.Port("containerPort");
        return port is null ? null : new WorkloadPort(fields.Text("name") ?? "", port.Value, fields.Text("protocol") is null or "TCP");
    }

    private static PodStatus ReadStatus(Fields fields)
    {
        fields.IgnoreOthers();
        var addresses = fields.Objects("podIPs", ReadAddress).Select(address => address.Address).ToValueList();
        if (fields.Parsed("podIP", Forms.Address) is { } address && addresses.IsEmpty)
        {
            addresses = [address];
        }

        // A manifest that somebody wrote has an address and no conditions.
        var isReady = fields.Objects("conditions", ReadReadiness).All(condition => condition.IsReady);
        return new PodStatus(fields.Text("phase") ?? "Running", isReady, addresses);
    }

    private static PodAddress? ReadAddress(Fields fields)
    {
        fields.IgnoreOthers();
        return fields.Parsed("ip", Forms.Address) is { } address ? new PodAddress(address) : null;
    }

    private static PodReadiness? ReadReadiness(Fields fields)
    {
        fields.IgnoreOthers();
        return fields.Text("type") == "Ready" ? new PodReadiness(fields.Text("status", Forms.Any) == "True") : null;
    }

    private sealed record PodSpec(string ServiceAccount, string? Node, bool HostNetwork, ValueList<WorkloadPort> Ports);

    private sealed record PodStatus(string Phase, bool IsReady, ValueList<NetAddress> Addresses);

    private sealed record PodAddress(NetAddress Address);

    private sealed record PodReadiness(bool IsReady);
}
