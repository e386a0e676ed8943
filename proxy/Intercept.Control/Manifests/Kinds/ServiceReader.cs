using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Services;
using Intercept.Core.Addressing;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A Kubernetes Service.</summary>
internal static class ServiceReader
{
    private const string ExportToAnnotation = "networking.istio.io/exportTo";

    private static readonly TextForm _portName = new(
        text => Forms.IsLabel(text) && text.Any(char.IsAsciiLetterLower), "is not the name of a port", "a name such as http, or a number without quotes");

    public static Service? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        fields.Require("spec", "a mapping");
        return fields.Object("spec", spec => ReadSpec(spec, meta));
    }

    private static Service ReadSpec(Fields fields, ResourceMeta meta)
    {
        fields.Ignore(
            "externalIPs", "externalTrafficPolicy", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy", "loadBalancerIP",
            "loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts");
        fields.Warn("internalTrafficPolicy", "has no effect: endpoints of every node are used", except: "Cluster");
        fields.Warn("trafficDistribution", "has no effect: endpoints of every zone are used alike");
        fields.Warn("sessionAffinity", "has no effect: write a DestinationRule with consistentHash.useSourceIp", except: "None");
        fields.Ignore("sessionAffinityConfig");
        var type = fields.Choice(
            "type", ("ClusterIP", "ClusterIP"), ("NodePort", "NodePort"), ("LoadBalancer", "LoadBalancer"), ("ExternalName", "ExternalName"));
        var isExternalName = type == "ExternalName";
        var externalName = fields.Text("externalName", Forms.Host);
        if (isExternalName && externalName is null)
        {
            fields.Require("externalName", Forms.Host.Allowed);
        }

        var selector = fields.TextMap("selector", Forms.LabelKey, Forms.LabelValue);
        var addresses = ReadAddresses(fields, out var isHeadless);
        return new Service
        {
            Registry = ServiceRegistry.Kubernetes,
            Namespace = meta.Namespace,
            Name = meta.Name,
            Host = Hosts.OfService(meta.Name, meta.Namespace, fields.Scope.Options),
            Addresses = addresses,
            Ports = ReadPorts(fields, mayBeEmpty: isHeadless || isExternalName),
            IsHeadless = isHeadless,
            Selector = selector.IsEmpty || isExternalName ? null : new WorkloadSelector(selector),
            Resolution = isExternalName ? ServiceResolution.Dns : isHeadless ? ServiceResolution.Passthrough : ServiceResolution.Static,
            ExternalName = isExternalName ? externalName : null,
            ExportTo = ReadExportTo(fields, meta),
            PublishesNotReady = fields.Flag("publishNotReadyAddresses") ?? false,
            Labels = meta.Labels,
            Created = meta.Created,
            Origin = meta.Origin,
        };
    }

    private static ValueList<Cidr> ReadAddresses(Fields fields, out bool isHeadless)
    {
        var texts = fields.Texts("clusterIPs");
        var single = fields.Text("clusterIP");
        isHeadless = single == "None" || texts.Contains("None");
        if (isHeadless)
        {
            return [];
        }

        // A service that is not in a cluster yet has no address: it is reached by its endpoints' addresses alone.
        var addresses = new List<Cidr>();
        foreach (var text in texts.IsEmpty ? single is null or "" ? [] : [single] : texts)
        {
            if (NetAddress.TryParse(text, out _) && Cidr.TryParse(text, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                fields.Report(texts.IsEmpty ? "clusterIP" : "clusterIPs", text, "is not an IP address", "10.0.0.1, 2001:db8::1 or None");
            }
        }

        return addresses.ToValueList();
    }

    private static ValueList<ServicePort> ReadPorts(Fields fields, bool mayBeEmpty)
    {
        if (!mayBeEmpty)
        {
            fields.Require("ports", "a list of ports");
        }

        var ports = fields.Objects("ports", ReadPort);
        PortChecks.CheckUnique(fields, "ports", ports);
        if (ports.Count > 1 && ports.Any(port => port.Name.Length == 0))
        {
            fields.Report("ports", null, "has a port without a name", "a name for each of several ports");
        }

        return ports;
    }

    private static ServicePort? ReadPort(Fields fields)
    {
        fields.Ignore("nodePort");
        fields.Require("port", "a number from 1 to 65535");
        var name = fields.Text("name", Forms.Label) ?? "";
        var transport = fields.Choice("protocol", ("TCP", "TCP"), ("UDP", "UDP"), ("SCTP", "SCTP"));
        var application = fields.Text("appProtocol");
        var target = ReadTarget(fields);
        if (fields.Port("port") is not { } port)
        {
            return null;
        }

        return new ServicePort(
            name, port, target ?? new TargetPort(port, null),
            transport is "UDP" or "SCTP" ? PortProtocol.Udp : PortProtocols.OfServicePort(name, application, port));
    }

    private static TargetPort? ReadTarget(Fields fields)
    {
        // Without quotes a number is a port, and everything else the name of one.
        if (fields.Find("targetPort") is ScalarNode { IsText: false } scalar && !PlainText.Is(scalar))
        {
            // 0 is what some tools write for "the same".
            return fields.Integer("targetPort", 0, ushort.MaxValue) is > 0 and var number ? new TargetPort((int)number, null) : null;
        }

        return fields.Text("targetPort", _portName) is { } name ? new TargetPort(0, name) : null;
    }

    private static ValueList<string> ReadExportTo(Fields fields, ResourceMeta meta)
    {
        if (!meta.Annotations.TryGetValue(ExportToAnnotation, out var text))
        {
            return [];
        }

        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.Where(name => !Forms.ExportTo.IsValid(name)))
        {
            fields.Scope.Problems.Add(new Core.Problems.Problem(
                fields.Scope.Source, fields.Line, $"metadata.annotations[{ExportToAnnotation}]", name, Forms.ExportTo.Why, Forms.ExportTo.Allowed));
        }

        return names.ToValueList();
    }
}
