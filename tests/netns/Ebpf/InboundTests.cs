using Intercept.Capture.Ebpf;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What reaches the pod from outside, with the programs of bpf/ in the kernel.</summary>
public sealed class InboundTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    private const PodFlags Everything = PodFlags.Inbound | PodFlags.InboundAll;

    [SkippableTheory]
    [InlineData("10.77.0.2", 9000, "[::ffff:10.77.0.2]:9000")]
    [InlineData("fd77::2", 9000, "[fd77::2]:9000")]
    [InlineData("10.77.0.2", 9999, "[::ffff:10.77.0.2]:9999")]
    public async Task A_connection_from_outside_reaches_the_proxy_with_its_destination_as_local_address(string to, int port, string local)
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var proxy = await world.StartProxyAsync();
        var seen = await world.CallFromPeerAsync(to, port);
        Assert.Equal((null, "inbound", local), (seen.Error, seen.Name, seen.Local));
        Assert.DoesNotContain(":", seen.IPv4Level, StringComparison.Ordinal);
        Assert.Equal(1UL, world.Count(CaptureReason.InCaptured));
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("10.77.0.2")]
    [InlineData("::1")]
    [InlineData("fd77::2")]
    public async Task Over_loopback_the_application_is_reached(string to)
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var proxy = await world.StartProxyAsync();
        Assert.Equal("app", (await world.CallAsync(to, 9000)).Name);
        Assert.Equal(1UL, world.Count(CaptureReason.InLoopback));
    }

    [SkippableFact]
    public async Task Excluded_ports_and_sources_reach_the_application()
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000, 15021);
        await using var proxy = await world.StartProxyAsync();
        world.AddPort(RuleKind.PortInExclude, 15021);
        Assert.Equal("app", (await world.CallFromPeerAsync("10.77.0.2", 15021)).Name);
        Assert.Equal("inbound", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        world.Add(RuleKind.RangeInExclude, "10.77.0.1/32");
        Assert.Equal("app", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        Assert.Equal("inbound", (await world.CallFromPeerAsync("fd77::2", 9000)).Name);
        Assert.Equal((1UL, 1UL), (world.Count(CaptureReason.InExcludedPort), world.Count(CaptureReason.InExcludedSource)));
    }

    [SkippableFact]
    public async Task What_comes_in_by_an_excluded_interface_reaches_the_application()
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var proxy = await world.StartProxyAsync();
        const uint OtherInterface = 11, PeerInterface = 10;
        world.Add(RuleKind.InterfaceInExclude, OtherInterface);
        Assert.Equal("inbound", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        world.Add(RuleKind.InterfaceInExclude, PeerInterface);
        Assert.Equal("app", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        Assert.Equal("app", (await world.CallFromPeerAsync("fd77::2", 9000)).Name);
        Assert.Equal(2UL, world.Count(CaptureReason.InExcludedInterface));
    }

    [SkippableFact]
    public async Task Without_the_flag_for_all_only_included_ports_are_captured()
    {
        EbpfWorld.Need();
        world.Enrol(PodFlags.Inbound);
        await using var app = await world.StartAppAsync(9000, 9001);
        await using var proxy = await world.StartProxyAsync();
        world.AddPort(RuleKind.PortInInclude, 9001);
        Assert.Equal("app", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        Assert.Equal("inbound", (await world.CallFromPeerAsync("10.77.0.2", 9001)).Name);
        Assert.Equal(1UL, world.Count(CaptureReason.InNotIncluded));
    }

    [SkippableFact]
    public async Task Without_a_listener_a_connection_is_refused_unless_it_may_pass_and_a_new_listener_takes_over()
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using (await world.StartProxyAsync())
        {
            Assert.Equal("inbound", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        }

        Assert.Equal("Connection refused", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Error);
        Assert.Equal("Connection refused", (await world.CallFromPeerAsync("fd77::2", 9000)).Error);
        Assert.Equal(2UL, world.Count(CaptureReason.InNoListenerRefused));

        world.Change(pod => pod with { Flags = pod.Flags | PodFlags.PassWithoutListener });
        Assert.Equal("app", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        Assert.Equal(1UL, world.Count(CaptureReason.InNoListenerPassed));

        await using var proxy = await world.StartProxyAsync();
        Assert.Equal("inbound", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
    }

    [SkippableFact]
    public async Task A_listener_of_IPv4_alone_takes_no_IPv6_and_it_is_refused_rather_than_passed()
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var proxy = await Server.StartAsync(world.PodNetns, world.Groups.Proxy, ("inbound", "0.0.0.0", EbpfWorld.InboundPort));
        Assert.Equal("inbound", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        Assert.Equal("Connection refused", (await world.CallFromPeerAsync("fd77::2", 9000)).Error);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_one_of_several_listeners_is_there_inbound_is_captured(bool firstCloses)
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var first = await StartListenerAsync("first");
        await using var second = await StartListenerAsync("second");
        await (firstCloses ? first : second).DisposeAsync();
        var (left, last) = firstCloses ? (second, "second") : (first, "first");
        Assert.Equal(last, (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        Assert.Equal(last, (await world.CallFromPeerAsync("fd77::2", 9000)).Name);

        // The slot that became free is taken again, and the other one is not needed any more.
        await using var third = await StartListenerAsync("third");
        await left.DisposeAsync();
        Assert.Equal("third", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
        await third.DisposeAsync();
        Assert.Equal("Connection refused", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Error);
        Assert.Equal(0UL, world.Count(CaptureReason.ListenerNotRegistered));
    }

    [SkippableFact]
    public async Task More_listeners_than_have_room_are_counted_and_take_connections_all_the_same()
    {
        EbpfWorld.Need();
        const int Room = 32;
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var proxy = await Server.StartAsync(
            world.PodNetns, world.Groups.Proxy, Enumerable.Range(0, Room + 2).Select(number => ($"loop {number}", "::", EbpfWorld.InboundPort)));
        Assert.Equal(2UL, world.Count(CaptureReason.ListenerNotRegistered));
        for (var call = 0; call < 8; call++)
        {
            Assert.StartsWith("loop ", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_listener_of_IPv4_beside_one_of_both_families_takes_IPv4_and_leaves_it_to_the_other_when_it_closes()
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var both = await StartListenerAsync("both");
        await using (await Server.StartAsync(world.PodNetns, world.Groups.Proxy, ("old", "0.0.0.0", EbpfWorld.InboundPort)))
        {
            Assert.Equal("old", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
            Assert.Equal("both", (await world.CallFromPeerAsync("fd77::2", 9000)).Name);
        }

        Assert.Equal("both", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name);
    }

    [SkippableTheory]
    [InlineData("10.77.0.1", "10.77.0.2")]
    [InlineData("fd77::1", "fd77::2")]
    public async Task A_segment_that_belongs_to_no_connection_is_reset_and_opens_none(string from, string to)
    {
        EbpfWorld.Need();
        world.Enrol(Everything);
        await using var app = await world.StartAppAsync(9000);
        await using var proxy = await world.StartProxyAsync();
        Assert.Equal("reset", await world.SendStrayAsync(from, to, 9000));
        Assert.Equal("inbound", (await world.CallFromPeerAsync(to, 9000)).Name);
    }

    [SkippableFact]
    public async Task Connections_that_were_there_before_the_pod_was_enrolled_stay_where_they_are()
    {
        EbpfWorld.Need();
        world.Pods.Remove(world.Cookie);
        await using var app = await Server.StartAsync(world.PodNetns, world.Groups.App, asked: true, [("app", "::", 9000)]);
        await using var peer = await Server.StartAsync(world.PeerNetns, null, asked: true, [("peer", "::", 8080)]);
        await using var inbound = await HeldCall.StartAsync(world.PeerNetns, null, "10.77.0.2", 9000);
        await using var outbound = await HeldCall.StartAsync(world.PodNetns, world.Groups.App, "10.77.0.1", 8080);

        world.Enrol(Everything | PodFlags.Outbound | PodFlags.OutboundAll);
        await using var proxy = await world.StartProxyAsync();
        Assert.Equal(("app", "inbound"), ((await inbound.AskAsync()).Name, (await world.CallFromPeerAsync("10.77.0.2", 9000)).Name));
        var seen = await outbound.AskAsync();
        Assert.Equal(("peer", "10.77.0.1:8080", "outbound"), (seen.Name, seen.Peer, (await world.CallAsync("10.77.0.1", 8080)).Name));
    }

    private Task<Server> StartListenerAsync(string name) =>
        Server.StartAsync(world.PodNetns, world.Groups.Proxy, (name, "::", EbpfWorld.InboundPort));
}
