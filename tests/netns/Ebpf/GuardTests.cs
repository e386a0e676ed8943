using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>What only the proxy may do: stand on its ports, and say who the client is.</summary>
public sealed class GuardTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    private const string Refused = "Operation not permitted";

    [SkippableFact]
    public async Task Nobody_but_the_proxy_binds_the_proxys_ports()
    {
        EbpfWorld.Need();
        world.Enrol(PodFlags.Outbound | PodFlags.GuardPorts);
        (string, int)[] places = [.. new[] { 15001, 15006, 15008, 15053 }.SelectMany(port => new[] { ("127.0.0.1", port), ("0.0.0.0", port), ("::", port) })];
        Assert.All(await world.BindAsync([], places), answer => Assert.Equal(Refused, answer));
        Assert.Equal(24UL, world.Count(CaptureReason.BindRefused));
        Assert.All(await world.BindAsync(new JsonObject { ["uid"] = 1337 }, places), answer => Assert.Equal("bound", answer));
        Assert.All(await world.BindAsync([], ("::", 15000), ("127.0.0.1", 0)), answer => Assert.Equal("bound", answer));
        world.Change(pod => pod with { Flags = PodFlags.Outbound, TunnelPort = 0 });
        Assert.All(await world.BindAsync([], ("::", 15001)), answer => Assert.Equal("bound", answer));
    }

    [SkippableTheory]
    [InlineData("::", "127.0.0.1", "203.0.113.7", "[::ffff:203.0.113.7]:5555")]
    [InlineData("0.0.0.0", "127.0.0.1", "203.0.113.7", "203.0.113.7:5555")]
    [InlineData("0.0.0.0", "::ffff:10.77.0.2", "::ffff:203.0.113.7", "203.0.113.7:5555")]
    [InlineData("::", "::1", "2001:db8::7", "[2001:db8::7]:5555")]
    [InlineData("::", "127.0.0.1", "2001:db8::7", "[2001:db8::7]:5555")]
    public async Task The_application_takes_for_its_client_whom_the_proxy_says(string listens, string to, string client, string seen)
    {
        EbpfWorld.Need();
        world.Enrol(PodFlags.Outbound | PodFlags.OutboundAll | PodFlags.ClientAddress);
        await using var app = await Server.StartAsync(world.PodNetns, world.Groups.App, ("app", listens, 9000));
        var call = await world.CallAsync(world.PodNetns, world.Groups.Proxy, to, 9000, Client(client, uid: 1337));
        Assert.Equal((null, "app", seen, seen), (call.Error, call.Name, call.Client, call.ClientAgain));
        Assert.EndsWith(":9000", call.Peer, StringComparison.Ordinal);
        using var pending = world.Loaded.Map<PendingKey, PendingValue>("pending");
        Assert.Empty(pending.Keys());
    }

    [SkippableFact]
    public async Task Whoever_is_not_the_proxy_may_not_say_so_and_where_it_is_off_the_option_is_unknown()
    {
        EbpfWorld.Need();
        world.Enrol(PodFlags.Outbound | PodFlags.ClientAddress);
        await using var app = await Server.StartAsync(world.PodNetns, world.Groups.App, ("app", "0.0.0.0", 9000));
        Assert.Equal($"client: {Refused}", (await world.CallAsync("127.0.0.1", 9000, Client("203.0.113.7"))).Error);
        Assert.Equal(1UL, world.Count(CaptureReason.ClientAddressRefused));

        // No IPv4 form of it.
        var seen = await world.CallAsync("127.0.0.1", 9000, Client("2001:db8::7", uid: 1337));
        Assert.Equal((true, seen.Client), (seen.Client?.StartsWith("127.0.0.1:", StringComparison.Ordinal), seen.ClientAgain));

        world.Change(pod => pod with { Flags = PodFlags.Outbound });
        Assert.Equal("client: Protocol not available", (await world.CallAsync("127.0.0.1", 9000, Client("203.0.113.7", uid: 1337))).Error);
    }

    private static JsonObject Client(string address, int uid = 0) => new() { ["client"] = new JsonArray(address, 5555), ["uid"] = uid };
}
