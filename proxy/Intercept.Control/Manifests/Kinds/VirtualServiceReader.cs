using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

internal static class VirtualServiceReader
{
    public static VirtualService? Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        fields.Require("spec", "a mapping with hosts and routes");
        return fields.Object("spec", spec => ReadSpec(spec, meta));
    }

    public static Destination? ReadDestination(Fields fields, ResourceMeta meta)
    {
        var host = fields.RequiredText("host", Forms.Host);
        var destination = new Destination(
            Hosts.Complete(host, meta.Namespace, fields.Scope.Options), fields.Text("subset", Forms.Label), fields.Object("port", PortReference.Read)?.Number);
        return host.Length == 0 ? null : destination;
    }

    /// <summary>Routes that all have weight 0 lead nowhere.</summary>
    public static void CheckWeights(Fields fields, ValueList<RouteDestination> destinations)
    {
        if (destinations.Count > 1 && destinations.All(destination => destination.Weight == 0))
        {
            fields.Report("route", null, "has no destination with a weight", "weights that are not all 0");
        }
    }

    public static uint ReadWeight(Fields fields) => (uint)(fields.Integer("weight", 0, int.MaxValue) ?? 0);

    private static VirtualService ReadSpec(Fields fields, ResourceMeta meta)
    {
        var gateways = fields.Texts("gateways");
        fields.Require("hosts", "a list of hosts");
        var service = new VirtualService(
            meta,
            Hosts.Complete(fields.Texts("hosts", Forms.HostPattern), meta.Namespace, fields.Scope.Options),
            gateways,
            fields.Objects("http", route => HttpRouteReader.Read(route, meta)),
            fields.Objects("tls", route => ReadConnectionRoute(route, meta, isTls: true)),
            fields.Objects("tcp", route => ReadConnectionRoute(route, meta, isTls: false)),
            fields.Texts("exportTo", Forms.ExportTo));
        if (!fields.Has("http") && !fields.Has("tls") && !fields.Has("tcp"))
        {
            fields.Report("", null, "routes nothing", "http, tls or tcp");
        }

        if (service.IsForSidecars && service.Hosts.Contains("*"))
        {
            fields.Report("hosts", "*", "is only for gateways", "the hosts that it is about");
        }

        return service;
    }

    private static ConnectionRoute ReadConnectionRoute(Fields fields, ResourceMeta meta, bool isTls)
    {
        fields.Require("route", "a list of destinations");
        if (isTls)
        {
            fields.Require("match", "a list with sniHosts");
        }

        var route = new ConnectionRoute(
            fields.Objects("match", match => ReadConnectionMatch(match, isTls)),
            fields.Objects("route", route => ReadConnectionDestination(route, meta)));
        CheckWeights(fields, route.Destinations);
        return route;
    }

    private static ConnectionMatch ReadConnectionMatch(Fields fields, bool isTls)
    {
        if (isTls)
        {
            fields.Require("sniHosts", "a list of names");
        }

        fields.Refuse("sourceSubnet", "is no longer a field", "sourceLabels");
        return new ConnectionMatch
        {
            SniHosts = isTls ? fields.Texts("sniHosts", Forms.HostPattern) : [],
            DestinationSubnets = fields.ParsedTexts("destinationSubnets", Forms.Block),
            Port = fields.Port("port"),
            SourceLabels = fields.TextMap("sourceLabels", Forms.LabelKey, Forms.LabelValue),
            SourceNamespace = fields.Text("sourceNamespace", Forms.Label),
            Gateways = fields.Texts("gateways"),
        };
    }

    private static RouteDestination? ReadConnectionDestination(Fields fields, ResourceMeta meta)
    {
        fields.Require("destination", "a mapping with a host");
        var weight = ReadWeight(fields);
        return fields.Object("destination", destination => ReadDestination(destination, meta)) is { } destination
            ? new RouteDestination(destination, weight, null) : null;
    }
}
