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
}
