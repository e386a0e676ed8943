using System.Text.Json.Nodes;
using Intercept.Capture.Planning;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Which ports are listened on where: whatever some flow is sent to, and in the pod the proxy's own.</summary>
internal static class WorldPorts
{
    public static string SideOf(FlowCase flow) => CaseWorld.InterfaceTo(flow.Destination.Address) switch
    {
        "lo" => "pod",
        CaseWorld.GuestInterface => "guest",
        _ => "peer",
    };

    public static JsonObject OfPod(bool proxy)
    {
        var applications = Ports("lo", RuleProtocol.Udp).Select(port => Datagrams(port, CaseSender.App));
        if (!proxy)
        {
            return Listen(Ports("lo", RuleProtocol.Tcp), applications);
        }

        // The answers of the proxy's resolver are recognised by who made its socket.
        var resolver = CaptureCases.All.Select(capture => capture.DnsPort).Distinct().Select(port => Datagrams(port, CaseSender.Proxy));
        return Listen(
            Ports("lo", RuleProtocol.Tcp).Union(CaptureCases.All.SelectMany(capture => new[] { capture.OutboundPort, capture.InboundPort, capture.DnsPort })),
            applications.Concat(resolver));
    }

    public static JsonObject Of(string device) =>
        Listen(Ports(device, RuleProtocol.Tcp), Ports(device, RuleProtocol.Udp).Select(port => Datagrams(port, CaseSender.Peer)));

    private static IEnumerable<ushort> Ports(string device, RuleProtocol protocol) =>
        FlowCases.All.Where(flow => flow.Protocol == protocol && CaseWorld.InterfaceTo(flow.Destination.Address) == device)
            .Select(flow => flow.Destination.Port).Distinct();

    private static JsonObject Listen(IEnumerable<ushort> tcp, IEnumerable<JsonArray> udp) => new()
    {
        ["tcp"] = new JsonArray([.. tcp.Select(port => (JsonNode)port)]),
        ["udp"] = new JsonArray([.. udp]),
    };

    private static JsonArray Datagrams(ushort port, CaseSender owner) => [port, owner.Uid, owner.Gid];
}
