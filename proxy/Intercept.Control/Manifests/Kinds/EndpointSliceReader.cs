using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>An EndpointSlice of discovery.k8s.io.</summary>
internal static class EndpointSliceReader
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <returns>Null for one that belongs to no service, or whose endpoints are DNS names.</returns>
    public static EndpointSlice? Read(Fields fields, ResourceMeta meta)
    {
        fields.Require("addressType", "IPv4 or IPv6");
        var addressType = fields.Choice("addressType", ("IPv4", "IPv4"), ("IPv6", "IPv6"), ("FQDN", "FQDN"));
        var endpoints = fields.Objects("endpoints", item => ReadEndpoint(item, addressType));
        var ports = fields.Objects("ports", ReadPort);
        return meta.Labels.TryGetValue(ServiceLabel, out var service) && addressType != "FQDN"
            ? new EndpointSlice(meta.Namespace, meta.Name, service, ports, endpoints, meta.Origin) : null;
    }

    private static SlicePort? ReadPort(Fields fields)
    {
        fields.Ignore("appProtocol");
        var transport = fields.Choice("protocol", ("TCP", "TCP"), ("UDP", "UDP"), ("SCTP", "SCTP"));
        var name = fields.Text("name", Forms.Any) ?? "";

        // Without a number it stands for all ports, which no service's port does.
        return fields.Port("port") is { } port && transport is null or "TCP" ? new SlicePort(name, port) : null;
    }

    private static SliceEndpoint? ReadEndpoint(Fields fields, string? addressType)
    {
        fields.Ignore("hostname", "hints", "deprecatedTopology", "nodeName");
        fields.Require("addresses", "a list of IP addresses");
        var addresses = addressType == "FQDN" ? IgnoreNames(fields) : fields.ParsedTexts("addresses", Forms.Address);
        foreach (var address in addresses.Where(address => addressType is not null && address.IsIPv6 != (addressType == "IPv6")))
        {
            fields.Report("addresses", address.ToString(), $"is not an address of the slice's type, {addressType}");
        }

        var pod = fields.Object("targetRef", reference =>
        {
            reference.IgnoreOthers();
            return reference.Text("kind") == "Pod" ? reference.Text("name") : null;
        });
        return new SliceEndpoint(
            addresses, fields.Object("conditions", ReadHealth)?.Health ?? EndpointHealth.Ready, pod, fields.Text("zone") ?? "");
    }

    // What a condition does not say is to be read as good news (a slice's own documentation).
    private static Conditions ReadHealth(Fields fields)
    {
        var ready = fields.Flag("ready") ?? true;
        var terminating = fields.Flag("terminating") ?? false;
        var serving = fields.Flag("serving") ?? ready;
        return new Conditions(ready ? EndpointHealth.Ready : terminating && serving ? EndpointHealth.Draining : EndpointHealth.NotReady);
    }

    private static ValueList<NetAddress> IgnoreNames(Fields fields)
    {
        fields.Ignore("addresses");
        return [];
    }

    private sealed record Conditions(EndpointHealth Health);
}
