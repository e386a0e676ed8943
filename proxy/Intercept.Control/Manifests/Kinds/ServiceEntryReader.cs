using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

internal static class ServiceEntryReader
{
    public static ServiceEntry? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        fields.Require("spec", "a mapping with hosts");
        return fields.Object("spec", spec => ReadSpec(spec, meta));
    }

    public static ServicePort? ReadPort(Fields fields)
    {
        fields.Require("number", "a number from 1 to 65535");
        var name = fields.RequiredText("name", Forms.Label);
        var protocol = ReadProtocol(fields);
        var target = fields.Port("targetPort");
        return fields.Port("number") is { } number ? new ServicePort(name, number, new TargetPort(target ?? number, null), protocol) : null;
    }

    private static ServiceEntry ReadSpec(Fields fields, ResourceMeta meta)
    {
        fields.Require("hosts", "a list of hosts");
        fields.Require("ports", "a list of ports");
        var ports = fields.Objects("ports", ReadPort);
        PortChecks.CheckUnique(fields, "ports", ports);
        var entry = new ServiceEntry(
            meta,
            fields.Texts("hosts", Forms.HostPattern).Select(host => host.ToLowerInvariant()).ToValueList(),
            fields.ParsedTexts("addresses", Forms.Block),
            ports,
            fields.Choice("location", ("MESH_EXTERNAL", "EXTERNAL"), ("MESH_INTERNAL", "INTERNAL")) != "INTERNAL",
            ReadResolution(fields),
            fields.Objects("endpoints", endpoint => ReadEndpoint(endpoint, ports)),
            Selectors.ReadLabels(fields),
            fields.Texts("exportTo", Forms.ExportTo),
            fields.Texts("subjectAltNames"));
        CheckResolution(fields, entry);
        return entry;
    }

    private static PortProtocol ReadProtocol(Fields fields)
    {
        if (fields.Text("protocol") is not { } text)
        {
            return PortProtocol.Auto;
        }

        if (PortProtocols.Find(text) is { } protocol)
        {
            return protocol;
        }

        fields.Report("protocol", text, "is not a protocol of Istio's", PortProtocols.Allowed);
        return PortProtocol.Auto;
    }

    private static ServiceResolution ReadResolution(Fields fields) => fields.Has("resolution")
        ? fields.Choice(
            "resolution",
            ("NONE", ServiceResolution.Passthrough), ("STATIC", ServiceResolution.Static),
            ("DNS", ServiceResolution.Dns), ("DNS_ROUND_ROBIN", ServiceResolution.DnsRoundRobin))
        : ServiceResolution.Passthrough;

    private static EntryEndpoint? ReadEndpoint(Fields fields, ValueList<ServicePort> servicePorts)
    {
        var workload = WorkloadEntryReader.ReadMachine(fields);
        foreach (var port in workload.Ports.Keys.Where(port => servicePorts.All(servicePort => servicePort.Name != port)))
        {
            fields.Report("ports", port, "is not the name of one of the entry's ports", string.Join(", ", servicePorts.Select(servicePort => servicePort.Name)));
        }

        return workload.Address.Length == 0 ? null : workload;
    }

    private static void CheckResolution(Fields fields, ServiceEntry entry)
    {
        if (entry.Hosts.Contains("*"))
        {
            fields.Report("hosts", "*", "would be every host there is", "a host, or \"*.\" and the end of one");
        }

        if (entry.Selector is not null && !entry.Endpoints.IsEmpty)
        {
            fields.Report("workloadSelector", null, "cannot be beside endpoints", "one of them");
        }

        var hasEndpoints = !entry.Endpoints.IsEmpty || entry.Selector is not null;
        switch (entry.Resolution)
        {
            case ServiceResolution.Passthrough when hasEndpoints:
                fields.Report("resolution", "NONE", "has no use for endpoints", "STATIC or DNS, or no endpoints");
                break;
            case ServiceResolution.Static when !hasEndpoints:
                fields.Report("resolution", "STATIC", "has no endpoints", "endpoints or workloadSelector");
                break;
            case ServiceResolution.Static:
                foreach (var endpoint in entry.Endpoints.Where(endpoint => !Core.Addressing.NetAddress.TryParse(endpoint.Address, out _)))
                {
                    fields.Report("endpoints", endpoint.Address, "is not an IP address, and nobody resolves it", "an IP address, or resolution: DNS");
                }

                break;
            case ServiceResolution.Dns or ServiceResolution.DnsRoundRobin when !hasEndpoints && entry.Hosts.Any(host => host[0] == '*'):
                fields.Report("hosts", entry.Hosts.First(host => host[0] == '*'), "cannot be resolved", "a whole host, or endpoints");
                break;
        }

        if (entry.Resolution == ServiceResolution.DnsRoundRobin && entry.Endpoints.Count > 1)
        {
            fields.Report("endpoints", null, "are too many for DNS_ROUND_ROBIN", "one endpoint, or DNS");
        }
    }
}
