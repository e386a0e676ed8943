using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A machine: a WorkloadEntry, or an endpoint in a ServiceEntry, which is written alike.</summary>
internal static class WorkloadEntryReader
{
    public static Workload? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        fields.Require("spec", "a mapping with an address");
        if (fields.Object("spec", ReadMachine) is not { } machine)
        {
            return null;
        }

        // Istio selects a WorkloadEntry by the labels of its spec; those of its metadata are added.
        var labels = new ValueMap<string>(
            meta.Labels.Where(label => !machine.Labels.ContainsKey(label.Key)).Concat(machine.Labels));
        var isAddress = NetAddress.TryParse(machine.Address, out var address);
        return new Workload
        {
            Kind = WorkloadKind.WorkloadEntry,
            Namespace = meta.Namespace,
            Name = meta.Name,
            Addresses = isAddress ? [address] : [],
            HostName = isAddress ? null : machine.Address,
            Labels = labels,
            ServiceAccount = machine.ServiceAccount ?? "default",
            Ports = machine.Ports.Select(port => new WorkloadPort(port.Key, port.Value, IsTcp: true)).ToValueList(),
            IsMeshed = IsMeshed(machine, labels),
            Locality = machine.Locality,
            Weight = machine.Weight,
            Origin = meta.Origin,
        };
    }

    public static EntryEndpoint ReadMachine(Fields fields)
    {
        fields.Warn("network", "has no effect: all of the mesh is one network");
        var address = fields.RequiredText("address", Forms.NotEmpty);
        if (address.StartsWith("unix:", StringComparison.Ordinal))
        {
            fields.Report("address", address, "is a Unix socket, which is not supported", Forms.AddressOrHost.Allowed);
        }
        else if (address.Length > 0)
        {
            fields.Text("address", Forms.AddressOrHost);
        }

        var ports = fields.Map("ports", Forms.Label, (node, place) => fields.IntegerOf(node, place, 1, ushort.MaxValue) is { } port ? new Port((int)port) : null);
        return new EntryEndpoint(
            NetAddress.TryParse(address, out var ip) ? ip.ToString() : address.ToLowerInvariant(),
            new ValueMap<int>(ports.Select(port => KeyValuePair.Create(port.Key, port.Value.Number))),
            fields.TextMap("labels", Forms.LabelKey, Forms.LabelValue),
            fields.Text("serviceAccount", Forms.Name),
            fields.Text("locality") ?? "",
            fields.Count("weight") ?? 0);
    }

    /// <summary>A machine with an account has a certificate to show, unless its label says otherwise.</summary>
    public static bool IsMeshed(EntryEndpoint machine, ValueMap<string> labels) =>
        MeshMarks.IsMeshed(labels) ?? machine.ServiceAccount is not null;

    private sealed record Port(int Number);
}
