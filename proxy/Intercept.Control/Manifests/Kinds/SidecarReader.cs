using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;
using Intercept.Core.Addressing;

namespace Intercept.Control.Manifests.Kinds;

internal static class SidecarReader
{
    public static Sidecar Read(Fields fields, ResourceMeta meta)
    {
        fields.Ignore("status");
        return fields.Object("spec", spec => ReadSpec(spec, meta)) ?? new Sidecar(meta, null, null, null, null, null);
    }

    private static Sidecar ReadSpec(Fields fields, ResourceMeta meta)
    {
        var selector = Selectors.ReadLabels(fields);
        var ingress = fields.Objects("ingress", ReadIngress);
        if (!ingress.IsEmpty && selector is null)
        {
            fields.Report("ingress", null, "needs a workloadSelector: ports are those of a workload", "workloadSelector.labels beside it");
        }

        return new Sidecar(
            meta,
            selector,
            fields.Has("ingress") ? ingress : null,
            fields.Has("egress") ? fields.Objects("egress", listener => ReadEgress(listener, meta)) : null,
            fields.Object("outboundTrafficPolicy", ReadOutbound)?.Mode,
            fields.Object("inboundConnectionPool", TrafficPolicyReader.ReadConnectionPool));
    }

    private static Outbound ReadOutbound(Fields fields)
    {
        fields.Refuse("egressProxy", "is not supported: traffic would go past the gateway");
        return new Outbound(fields.Has("mode")
            ? fields.Choice("mode", ("REGISTRY_ONLY", OutboundMode.RegistryOnly), ("ALLOW_ANY", OutboundMode.AllowAny)) : OutboundMode.RegistryOnly);
    }

    private static IngressListener? ReadIngress(Fields fields)
    {
        fields.Refuse("tls", "is not supported: the port would be plaintext", "a PeerAuthentication");
        fields.Require("port", "a mapping with number, protocol and name");
        var bind = ReadBind(fields);
        var capture = ReadCapture(fields);
        var endpoint = fields.Text("defaultEndpoint", _endpoint);
        var pool = fields.Object("connectionPool", TrafficPolicyReader.ReadConnectionPool);
        return fields.Object("port", ServiceEntryReader.ReadPort) is { } port ? new IngressListener(port, bind, capture, endpoint, pool) : null;
    }

    private static EgressListener ReadEgress(Fields fields, ResourceMeta meta)
    {
        fields.Require("hosts", "a list of NAMESPACE/HOST");
        return new EgressListener(
            fields.Object("port", ServiceEntryReader.ReadPort),
            ReadBind(fields),
            ReadCapture(fields),
            fields.ParsedTexts("hosts", _egressHost)
                .Select(host => host.Namespace == "." ? host with { Namespace = meta.Namespace } : host).ToValueList());
    }

    private static string? ReadBind(Fields fields) => fields.Text("bind", _bind);

    private static CaptureMode ReadCapture(Fields fields) => fields.Choice(
        "captureMode", ("DEFAULT", CaptureMode.Default), ("IPTABLES", CaptureMode.Iptables), ("NONE", CaptureMode.None));

    private static bool TryParseEgressHost(string text, out EgressHost host)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        host = slash < 0 ? default : new EgressHost(text[..slash], text[(slash + 1)..].ToLowerInvariant());
        return slash > 0 && (host.Namespace is "*" or "." or "~" || Forms.IsLabel(host.Namespace)) && Forms.HostPattern.IsValid(host.Host);
    }

    private static readonly TextForm _bind = new(
        text => NetAddress.TryParse(text, out _), "is not an address that can be listened on", "an IP address");

    private static readonly TextForm _endpoint = new(
        text => NetEndpoint.TryParse(text, out var endpoint) && (endpoint.Address.IsLoopback || endpoint.Address.IsUnspecified),
        "is not where a workload listens", "127.0.0.1:PORT, 0.0.0.0:PORT, [::1]:PORT or [::]:PORT");

    private static readonly ParsedForm<EgressHost> _egressHost = new(
        TryParseEgressHost, "is not NAMESPACE/HOST", "a namespace, \".\", \"*\" or \"~\", then '/', then a host, \"*.\" and the end of one, or \"*\"");

    private sealed record Outbound(OutboundMode Mode);
}
