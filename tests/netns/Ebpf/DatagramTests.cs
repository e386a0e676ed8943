using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>Questions to resolvers, connected and not, with the programs of bpf/ in the kernel.</summary>
public sealed class DatagramTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    private const PodFlags AllDns = PodFlags.Outbound | PodFlags.Dns | PodFlags.DnsAll;

    [SkippableTheory]
    [InlineData("10.96.0.53")]
    [InlineData("127.0.0.53")]
    [InlineData("::ffff:10.96.0.53")]
    [InlineData("fd96::53")]
    public async Task A_resolver_that_is_asked_answers_from_its_own_address_though_the_proxys_answers(string to)
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync();
        world.Enrol(AllDns);
        var place = to.Contains(':', StringComparison.Ordinal) ? $"[{to}]:53" : $"{to}:53";
        string[] answered = [$"{place} by dns from {place}"];
        Assert.Equal(answered, await world.AskAsync([], (to, 53)));
        Assert.Equal(
            answered.Prepend($"connected to {place}"), await world.AskAsync(new JsonObject { ["connect"] = Place(to), ["send"] = true }, (to, 53)));
        Assert.Equal(2UL, world.Count(CaptureReason.OutDns));
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::")]
    [InlineData("0.0.0.0")]
    public async Task Several_resolvers_that_one_socket_asks_at_once_are_told_apart_wherever_the_proxy_listens(string address)
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync(batch: 4, address);
        world.Enrol(AllDns);
        string[] servers = ["10.96.0.53", "10.96.0.54", "10.96.0.10", "127.0.0.53"];
        Assert.Equal(
            Enumerable.Reverse(servers).Select(server => $"{server}:53 by dns from {server}:53"), await world.AskAsync([], servers.Select(server => (server, 53))));
        Assert.Equal(
            Enumerable.Reverse(servers).Select(server => $"[::ffff:{server}]:53 by dns from [::ffff:{server}]:53"),
            await world.AskAsync([], servers.Select(server => ($"::ffff:{server}", 53))));
        Assert.Equal(8UL, world.Count(CaptureReason.OutDns));
    }

    [SkippableFact]
    public async Task Several_resolvers_of_IPv6_are_told_apart_where_their_aliases_have_a_route()
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync(batch: 3, "::1");
        world.Enrol(AllDns | PodFlags.DnsAliases6);
        string[] servers = ["fd96::53", "fd96::54", "fd77::1"];
        await Programs.MustAsync("ip", "-n", world.PodNetns, "-6", "route", "add", "local", EbpfPlan.DnsAliases.ToString(), "dev", "lo");
        try
        {
            Assert.Equal(
                Enumerable.Reverse(servers).Select(server => $"[{server}]:53 by dns from [{server}]:53"),
                await world.AskAsync([], servers.Select(server => (server, 53))));
        }
        finally
        {
            await Programs.MustAsync("ip", "-n", world.PodNetns, "-6", "route", "del", "local", EbpfPlan.DnsAliases.ToString(), "dev", "lo");
        }
    }

    [SkippableTheory]
    [InlineData("fd96::53", "fd96::54", null)]
    [InlineData("10.96.0.53", "10.96.0.54", "10.77.0.2")]
    public async Task Where_resolvers_cannot_be_told_apart_a_socket_asks_one_and_another_is_refused(string first, string second, string? bind)
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync(1, "127.0.0.1", "::1");
        world.Enrol(AllDns);
        var details = bind is null ? [] : new JsonObject { ["bind"] = bind };
        var (one, other) = bind is null ? ($"[{first}]:53", $"[{second}]:53") : ($"{first}:53", $"{second}:53");
        Assert.Equal(
            [$"{other}: Operation not permitted", $"{one} by dns from {one}", $"{one} by dns from {one}"],
            await world.AskAsync(details, (first, 53), (second, 53), (first, 53)));
        Assert.Equal((2UL, 1UL), (world.Count(CaptureReason.OutDns), world.Count(CaptureReason.OutDnsRefused)));
    }

    [SkippableFact]
    public async Task A_connected_socket_that_asks_another_resolver_is_refused_until_it_is_connected_no_more()
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync();
        world.Enrol(AllDns);
        JsonObject Connected(bool disconnect = false) => new() { ["connect"] = Place("10.96.0.53"), ["disconnect"] = disconnect };
        const string Connect = "connected to 10.96.0.53:53";
        Assert.Equal([Connect, "10.96.0.54:53: Operation not permitted"], await world.AskAsync(Connected(), ("10.96.0.54", 53)));
        Assert.Equal([Connect, "10.96.0.53:53 by dns from 10.96.0.53:53"], await world.AskAsync(Connected(), ("10.96.0.53", 53)));
        Assert.Equal([Connect, "10.96.0.54:53 by dns from 10.96.0.54:53"], await world.AskAsync(Connected(disconnect: true), ("10.96.0.54", 53)));
    }

    [SkippableFact]
    public async Task Only_named_resolvers_and_only_their_port_are_captured_and_not_for_the_proxy()
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync();
        await using var peer = await StartPeerAsync(53, 5353);
        world.Enrol(PodFlags.Outbound | PodFlags.Dns);
        world.Add(RuleKind.RangeDns, "10.96.0.53/32");
        Assert.Equal(
            ["10.96.0.53:53 by dns from 10.96.0.53:53", "10.77.0.1:53 by peer from 10.77.0.1:53", "10.77.0.1:5353 by peer from 10.77.0.1:5353"],
            (await world.AskAsync([], ("10.96.0.53", 53), ("10.77.0.1", 53), ("10.77.0.1", 5353))).OrderBy(line => line.Contains("peer", StringComparison.Ordinal)).ThenBy(line => line.Length));
        world.Add(RuleKind.RangeDns, "10.77.0.1/32");
        Assert.Equal(["10.77.0.1:53 by peer from 10.77.0.1:53"], await world.AskAsync(new JsonObject { ["uid"] = 1337 }, ("10.77.0.1", 53)));
        Assert.Equal(["10.77.0.1:53 by dns from 10.77.0.1:53"], await world.AskAsync([], ("10.77.0.1", 53)));
        Assert.Equal(2UL, world.Count(CaptureReason.OutDns));
    }

    [SkippableFact]
    public async Task A_socket_bound_to_a_device_cannot_ask_and_is_refused_unless_it_may_pass()
    {
        EbpfWorld.Need();
        await using var resolver = await StartResolverAsync();
        await using var peer = await StartPeerAsync(53);
        world.Enrol(AllDns);
        JsonObject Bound() => new() { ["device"] = "eth0" };
        Assert.Equal(["10.77.0.1:53: Operation not permitted"], await world.AskAsync(Bound(), ("10.77.0.1", 53)));
        world.Change(pod => pod with { Flags = pod.Flags | PodFlags.PassBoundDevice });
        Assert.Equal(["10.77.0.1:53 by peer from 10.77.0.1:53"], await world.AskAsync(Bound(), ("10.77.0.1", 53)));
    }

    [SkippableFact]
    public async Task Datagrams_are_counted_or_refused_where_a_connection_would_be_captured()
    {
        EbpfWorld.Need();
        await using var peer = await StartPeerAsync(5000);
        await using var own = await Server.StartDatagramsAsync(world.PodNetns, world.Groups.App, "own", 1, ("10.77.0.2", 5000));
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll | PodFlags.UdpCount);
        world.Add(RuleKind.RangeOutExclude, "10.96.0.0/16");
        foreach (var (to, place) in new[] { ("10.77.0.1", "10.77.0.1:5000"), ("::ffff:10.77.0.1", "[::ffff:10.77.0.1]:5000"), ("fd77::1", "[fd77::1]:5000") })
        {
            Assert.Equal([$"{place} by peer from {place}"], await world.AskAsync([], (to, 5000)));
            Assert.Equal(
                [$"connected to {place}", $"{place} by peer from {place}"],
                await world.AskAsync(new JsonObject { ["connect"] = new JsonArray(to, 5000), ["send"] = true }, (to, 5000)));
        }

        Assert.Equal((6UL, 0UL), (world.Count(CaptureReason.OutUdpPassed), world.Count(CaptureReason.OutUdpRefused)));

        world.Change(pod => pod with { Flags = PodFlags.Outbound | PodFlags.OutboundAll | PodFlags.UdpRefuse });
        Assert.Equal(["10.77.0.1:5000: Operation not permitted"], await world.AskAsync([], ("10.77.0.1", 5000)));
        Assert.Equal(["connect: Operation not permitted"], await world.AskAsync(new JsonObject { ["connect"] = new JsonArray("fd77::1", 5000) }, ("fd77::1", 5000)));
        Assert.Equal(["10.96.0.10:5000 by peer from 10.96.0.10:5000"], await world.AskAsync([], ("10.96.0.10", 5000)));
        Assert.Equal(["10.77.0.2:5000 by own from 10.77.0.2:5000"], await world.AskAsync([], ("10.77.0.2", 5000)));
        Assert.Equal(["10.77.0.1:5000 by peer from 10.77.0.1:5000"], await world.AskAsync(new JsonObject { ["uid"] = 1337 }, ("10.77.0.1", 5000)));
        Assert.Equal((6UL, 2UL), (world.Count(CaptureReason.OutUdpPassed), world.Count(CaptureReason.OutUdpRefused)));
    }

    private static JsonArray Place(string address) => new(address, 53);

    private Task<Server> StartResolverAsync() => StartResolverAsync(1, "::");

    private Task<Server> StartResolverAsync(int batch, params string[] addresses) => Server.StartDatagramsAsync(
        world.PodNetns, world.Groups.Proxy, "dns", batch, addresses.Select(address => (address, EbpfWorld.DnsPort)));

    // Each at its own address: from another one it could not answer.
    private Task<Server> StartPeerAsync(params int[] ports) => Server.StartDatagramsAsync(
        world.PeerNetns, null, "peer", 1, ports.SelectMany(port => new[] { ("10.77.0.1", port), ("10.96.0.10", port), ("fd77::1", port) }));
}
