using System.Globalization;
using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What processes of the pod connect to, with the programs of bpf/ in the kernel.</summary>
public sealed class OutboundTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    private const PodFlags Everything = PodFlags.Outbound | PodFlags.OutboundAll;

    // What the kernel's own getsockopt says: ENOENT, or ENOPROTOOPT where conntrack is not in this kernel.
    private static readonly string?[] _none = ["No such file or directory", "Protocol not available"];

    [SkippableTheory]
    [InlineData("10.96.0.10", "10.96.0.10:80", "[::ffff:10.96.0.10]:80", "10.96.0.10:80")]
    [InlineData("::ffff:10.96.0.10", "10.96.0.10:80", "[::ffff:10.96.0.10]:80", "[::ffff:10.96.0.10]:80")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9:80", "[::ffff:203.0.113.9]:80", "[::ffff:203.0.113.9]:80")]
    [InlineData("fd96::10", null, "[fd96::10]:80", "[fd96::10]:80")]
    public async Task The_proxy_learns_where_a_connection_wanted_to_go_and_the_application_sees_nothing_else(
        string to, string? ip, string ipv6, string peer)
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        world.Enrol(Everything);
        var seen = await world.CallAsync(to, 80);
        Assert.Equal((null, "outbound", ipv6, peer), (seen.Error, seen.Name, seen.IPv6Level, seen.Peer));
        if (ip is null)
        {
            Assert.Contains(seen.IPv4Level, _none);
        }
        else
        {
            Assert.Equal(ip, seen.IPv4Level);
        }

        Assert.NotEqual("8 bytes of family 2", seen.TooSmall);
        Assert.Equal(1UL, world.Count(CaptureReason.OutCaptured));
    }

    [SkippableFact]
    public async Task A_socket_that_is_bound_to_the_pods_address_and_an_MPTCP_socket_are_captured_too()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        world.Enrol(Everything);
        Assert.Equal("10.96.0.10:80", (await world.CallAsync("10.96.0.10", 80, new JsonObject { ["bind"] = "10.77.0.2" })).IPv4Level);
        const int MultipathTcp = 262;
        Assert.Equal("10.96.0.10:80", (await world.CallAsync("10.96.0.10", 80, new JsonObject { ["protocol"] = MultipathTcp })).IPv4Level);
    }

    [SkippableFact]
    public async Task The_same_addresses_and_ports_in_two_namespaces_are_two_connections()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var other = await Server.StartAsync(world.PeerNetns, world.Groups.Proxy, ("other", "::", EbpfWorld.OutboundPort));
        world.Enrol(Everything);
        await world.EnrolPeerTooAsync();

        // From 127.0.0.1:32000 and up to 127.0.0.1:15001 on both sides, at the same time.
        var both = await Task.WhenAll(
            world.CallManyAsync("10.96.0.1", 2000, 100, new JsonObject { ["bind"] = "127.0.0.1", ["offset"] = 30000 }),
            world.CallManyAsync("10.96.0.2", 2000, 100, new JsonObject { ["bind"] = "127.0.0.1", ["offset"] = 30000 }, world.PeerNetns));
        Assert.All(both[0], seen => Assert.Equal(("outbound", $"10.96.0.1:{seen.Key}"), (seen.Value.Name, seen.Value.IPv4Level)));
        Assert.All(both[1], seen => Assert.Equal(("other", $"10.96.0.2:{seen.Key}"), (seen.Value.Name, seen.Value.IPv4Level)));
    }

    [SkippableFact]
    public async Task Ten_thousand_connections_with_equal_addresses_and_ports_in_two_namespaces_are_never_taken_for_each_other()
    {
        EbpfWorld.Need();
        const int Half = 5000;
        await using var proxy = await world.StartProxyAsync();
        await using var other = await Server.StartAsync(world.PeerNetns, world.Groups.Proxy, ("other", "::", EbpfWorld.OutboundPort));
        world.Enrol(Everything);
        await world.EnrolPeerTooAsync();
        var both = await Task.WhenAll(
            world.SwarmAsync(world.PodNetns, "10.96.0.1", Half), world.SwarmAsync(world.PeerNetns, "10.96.0.2", Half));
        Assert.Equal(("outbound right", Half), Assert.Single(both[0].Select(one => (one.Key, one.Value))));
        Assert.Equal(("other right", Half), Assert.Single(both[1].Select(one => (one.Key, one.Value))));
        using var pending = world.Loaded.Map<PendingKey, PendingValue>("pending");
        Assert.Empty(pending.Keys());
    }

    [SkippableFact]
    public async Task A_proxy_that_listens_outside_of_the_cgroup_is_told_nothing_and_gets_nothing_from_outside()
    {
        EbpfWorld.Need();
        world.Enrol(Everything | PodFlags.Inbound | PodFlags.InboundAll);
        await using var proxy = await Server.StartAsync(
            world.PodNetns, null, ("outbound", "::", EbpfWorld.OutboundPort), ("inbound", "::", EbpfWorld.InboundPort));
        var seen = await world.CallAsync("10.96.0.10", 80);
        Assert.Equal("outbound", seen.Name);
        Assert.Contains(seen.IPv4Level, _none);
        Assert.Equal("Connection refused", (await world.CallFromPeerAsync("10.77.0.2", 9000)).Error);
        Assert.Equal(1UL, world.Count(CaptureReason.InNoListenerRefused));
    }

    [SkippableFact]
    public async Task A_connection_that_begins_with_data_is_captured()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        world.Enrol(Everything);
        var seen = await world.CallAsync("::ffff:10.96.0.10", 80, new JsonObject { ["fastopen"] = true });
        Assert.Equal((null, "outbound", "10.96.0.10:80", "[::ffff:10.96.0.10]:80"), (seen.Error, seen.Name, seen.IPv4Level, seen.Peer));
    }

    [SkippableFact]
    public async Task A_socket_that_connects_again_past_the_proxy_forgets_what_it_asked_for_before()
    {
        EbpfWorld.Need();
        await using var peer = await world.StartPeerAsync(8080);
        world.Enrol(Everything);
        world.Add(RuleKind.RangeOutExclude, "10.77.0.1/32");
        var seen = await world.CallAsync("10.77.0.1", 8080, new JsonObject { ["refused"] = "10.96.0.10" });
        Assert.Equal((null, "peer", "10.77.0.1:8080"), (seen.Error, seen.Name, seen.Peer));
        Assert.Equal(1UL, world.Count(CaptureReason.OutCaptured));
    }

    [SkippableFact]
    public async Task A_proxy_whose_listener_was_made_outside_the_cgroup_is_told_nothing()
    {
        EbpfWorld.Need();
        await using var proxy = await Server.StartAsync(world.PodNetns, null, ("outbound", "::", EbpfWorld.OutboundPort));
        world.Enrol(Everything);
        var seen = await world.CallAsync("10.96.0.10", 80);
        Assert.Equal("outbound", seen.Name);
        Assert.Contains(seen.IPv4Level, _none);
    }

    [SkippableFact]
    public async Task The_proxys_call_to_its_own_pod_enters_the_inbound_listener_and_its_passthrough_call_does_not()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var app = await world.StartAppAsync(9000);
        world.Enrol(Everything | PodFlags.SelfCalls);
        world.Add(RuleKind.RangeLoopback, "127.0.0.1/32");
        foreach (var to in new[] { "10.77.0.2", "::ffff:10.77.0.2" })
        {
            var seen = await world.CallAsync(to, 9000, new JsonObject { ["uid"] = 1337 });
            Assert.Equal(("inbound", "10.77.0.2:9000"), (seen.Name, seen.IPv4Level));
        }

        Assert.Equal("inbound", (await world.CallAsync("fd77::2", 9000, new JsonObject { ["uid"] = 1337 })).Name);
        Assert.Equal("inbound", (await world.CallAsync("fd77::2", 9000, new JsonObject { ["uid"] = 1337, ["bind"] = "fd77::2" })).Name);
        Assert.Equal("app", (await world.CallAsync("127.0.0.1", 9000, new JsonObject { ["uid"] = 1337 })).Name);
        Assert.Equal("app", (await world.CallAsync("10.77.0.2", 9000, new JsonObject { ["uid"] = 1337, ["bind"] = "127.0.0.6" })).Name);
        Assert.Equal((4UL, 1UL), (world.Count(CaptureReason.OutSelfCall), world.Count(CaptureReason.OutPassthrough)));
    }

    [SkippableTheory]
    [InlineData("10.77.0.1")]
    [InlineData("::ffff:10.77.0.1")]
    [InlineData("fd77::1")]
    public async Task The_proxy_itself_passes_by_uid_gid_mark_or_cgroup(string to)
    {
        EbpfWorld.Need();
        await using var peer = await world.StartPeerAsync(8080);
        world.Enrol(Everything);
        world.Add(RuleKind.GidProxy, 1338);
        var cgroup = await ControlGroups.IdAsync(world.Groups.Proxy);
        world.Change(pod => pod with { ProxyCgroup = cgroup, ProxyMark = 0x100, ProxyMarkMask = 0xf00 });

        Assert.Equal("peer", (await world.CallAsync(to, 8080, new JsonObject { ["uid"] = 1337 })).Name);
        Assert.Equal("peer", (await world.CallAsync(to, 8080, new JsonObject { ["gid"] = 1338 })).Name);
        Assert.Equal("peer", (await world.CallAsync(to, 8080, new JsonObject { ["mark"] = 0x10f })).Name);
        Assert.Equal("peer", (await world.CallAsync(world.PodNetns, world.Groups.Proxy, to, 8080)).Name);
        Assert.Equal(4UL, world.Count(CaptureReason.OutProxy));

        // Nobody listens for the application's: that it is refused shows that these four were told apart.
        Assert.Equal("Connection refused", (await world.CallAsync(to, 8080, new JsonObject { ["mark"] = 0x200 })).Error);

        // Unlike a rule's owner: that is the id in effect when the socket was made, this the real one when it connects.
        Assert.Equal("Connection refused", (await world.CallAsync(to, 8080, new JsonObject { ["effective"] = 1337 })).Error);
    }

    [SkippableFact]
    public async Task Without_a_proxy_a_connection_is_refused_and_nothing_of_it_is_kept()
    {
        EbpfWorld.Need();
        await using var peer = await world.StartPeerAsync(8080);
        world.Enrol(Everything);
        Assert.Equal("Connection refused", (await world.CallAsync("10.77.0.1", 8080)).Error);
        Assert.Equal("Connection refused", (await world.CallAsync("fd77::1", 8080)).Error);
        using var pending = world.Loaded.Map<PendingKey, PendingValue>("pending");
        Assert.Empty(pending.Keys());
    }

    [SkippableFact]
    public async Task Each_of_many_connections_at_once_keeps_its_own_destination()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        world.Enrol(Everything);
        foreach (var (to, form) in new[] { ("::ffff:10.96.0.10", "10.96.0.10:{0}"), ("10.96.0.10", "10.96.0.10:{0}") })
        {
            var seen = await world.CallManyAsync(to, 2000, 200);
            Assert.Equal(
                seen.Keys.Select(port => (port, (string?)string.Format(CultureInfo.InvariantCulture, form, port))),
                seen.Select(one => (one.Key, one.Value.IPv4Level)));
        }

        using var pending = world.Loaded.Map<PendingKey, PendingValue>("pending");
        Assert.Empty(pending.Keys());
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("10.77.0.2")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:0.0.0.0")]
    public async Task What_stays_in_the_pod_is_left_alone(string to)
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var app = await world.StartAppAsync(9000);
        world.Enrol(Everything);
        Assert.Equal("app", (await world.CallAsync(to, 9000)).Name);
        Assert.Equal(1UL, world.Count(CaptureReason.OutLocal));
    }

    [SkippableFact]
    public async Task Rules_exclude_by_port_range_and_group_and_count_what_they_let_pass()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var peer = await world.StartPeerAsync(8080, 8081);
        world.Enrol(Everything);
        Assert.Equal("outbound", (await world.CallAsync("10.77.0.1", 8081)).Name);
        world.AddPort(RuleKind.PortOutExclude, 8080);
        world.Add(RuleKind.RangeOutExclude, "10.96.0.0/16");
        world.Add(RuleKind.RangeOutExclude, "::/0");
        world.Add(RuleKind.GroupExclude, 2001);

        Assert.Equal("peer", (await world.CallAsync("10.77.0.1", 8080)).Name);
        Assert.Equal("peer", (await world.CallAsync("::ffff:10.96.0.10", 8081)).Name);
        Assert.Equal("peer", (await world.CallAsync("fd77::1", 8081)).Name);
        Assert.Equal("peer", (await world.CallAsync("10.77.0.1", 8081, new JsonObject { ["gid"] = 2001 })).Name);
        Assert.Equal("outbound", (await world.CallAsync("::ffff:10.77.0.1", 8081)).Name);
        Assert.Equal(
            (1UL, 2UL, 1UL, 2UL),
            (world.Count(CaptureReason.OutExcludedPort), world.Count(CaptureReason.OutExcludedRange),
                world.Count(CaptureReason.OutExcludedGroup), world.Count(CaptureReason.OutCaptured)));
    }

    [SkippableFact]
    public async Task Without_the_flag_for_all_only_included_ports_ranges_and_groups_are_captured()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var peer = await world.StartPeerAsync(8080, 8088, 8090);
        world.Enrol(PodFlags.Outbound);
        world.AddPort(RuleKind.PortOutInclude, 8080, bits: 13);
        world.Add(RuleKind.RangeOutInclude, "fd77::/64");
        Assert.Equal("outbound", (await world.CallAsync("10.77.0.1", 8080)).Name);
        Assert.Equal("peer", (await world.CallAsync("10.77.0.1", 8088)).Name);
        Assert.Equal("outbound", (await world.CallAsync("fd77::1", 8090)).Name);
        Assert.Equal(1UL, world.Count(CaptureReason.OutNotIncluded));

        world.Change(pod => pod with { Flags = pod.Flags | PodFlags.OutboundGroups });
        world.Add(RuleKind.GroupInclude, 2002);
        Assert.Equal("peer", (await world.CallAsync("10.77.0.1", 8080)).Name);
        Assert.Equal("outbound", (await world.CallAsync("10.77.0.1", 8080, new JsonObject { ["gid"] = 2002 })).Name);
        Assert.Equal(1UL, world.Count(CaptureReason.OutGroupNotIncluded));
    }

    [SkippableFact]
    public async Task A_socket_bound_to_a_device_is_refused_unless_it_may_pass()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var peer = await world.StartPeerAsync(8080);
        world.Enrol(Everything);
        var device = new JsonObject { ["device"] = "eth0" };
        Assert.Equal("Operation not permitted", (await world.CallAsync("10.77.0.1", 8080, device)).Error);
        world.Change(pod => pod with { Flags = pod.Flags | PodFlags.PassBoundDevice });
        Assert.Equal("peer", (await world.CallAsync("10.77.0.1", 8080, new JsonObject { ["device"] = "eth0" })).Name);
        Assert.Equal((1UL, 1UL), (world.Count(CaptureReason.OutBoundDeviceRefused), world.Count(CaptureReason.OutBoundDevicePassed)));
    }

    [SkippableFact]
    public async Task A_namespace_that_is_not_enrolled_is_left_alone()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        await using var peer = await world.StartPeerAsync(8080);
        world.Enrol(Everything);
        world.Pods.Remove(world.Cookie);
        var seen = await world.CallAsync("10.77.0.1", 8080);
        Assert.Equal(("peer", "10.77.0.1:8080"), (seen.Name, seen.Peer));
        Assert.Contains(seen.IPv4Level, _none);
    }
}
