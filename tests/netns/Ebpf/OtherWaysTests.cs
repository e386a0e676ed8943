using Intercept.Capture.Ebpf;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What interceptor/CAPTURE.md says of sockets other than TCP's: the programs see calls on sockets, and no packets.</summary>
public sealed class OtherWaysTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    [SkippableFact]
    public async Task Whatever_connects_a_TCP_socket_is_captured_and_what_makes_its_own_packets_is_not()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll);
        Assert.Equal(
            [
                "connect: accepted", "io_uring: accepted", "mptcp: accepted", "fast_open: accepted", "bound_device: EPERM",
                "raw: ECONNREFUSED", "packet: ECONNREFUSED",
            ],
            await OtherWays.TryAsync(world.PodNetns, world.PeerNetns, world.Groups.App, OtherWays.Tcp));
        Assert.Equal((4UL, 1UL), (world.Count(CaptureReason.OutCaptured), world.Count(CaptureReason.OutBoundDeviceRefused)));
    }

    [SkippableFact]
    public async Task Datagrams_of_UDP_sockets_are_refused_and_whatever_is_none_of_theirs_passes()
    {
        EbpfWorld.Need();
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll | PodFlags.UdpRefuse);
        Assert.Equal(
            [
                "udp: EPERM", "bound_device_udp: EPERM", "raw_udp: sent",
                "udp_lite: sent, heard", "sctp: sent, heard", "icmp: sent, heard", "packet_udp: sent, heard",
            ],
            await OtherWays.TryAsync(
                world.PodNetns, world.PeerNetns, world.Groups.App, [.. OtherWays.Udp, .. OtherWays.Heard.Select(heard => heard.Way)]));
        Assert.Equal(2UL, world.Count(CaptureReason.OutUdpRefused));
    }

    [SkippableFact]
    public async Task A_socket_belongs_where_it_was_made_and_is_captured_there_when_it_connects()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        world.Enrol(PodFlags.None);
        await using var before = await OlderSocket.MakeAsync(world.PodNetns, world.Groups.App);
        await using var outside = await OlderSocket.MakeAsync(world.PodNetns, null);
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll);
        await outside.EnterAsync(world.Groups.App);
        Assert.Equal(("accepted", "ECONNREFUSED"), (await before.ConnectAsync(), await outside.ConnectAsync()));
        Assert.Equal(1UL, world.Count(CaptureReason.OutCaptured));
    }
}
