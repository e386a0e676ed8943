using System.Text.Json.Nodes;
using Intercept.Capture.Ebpf;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>On its way over lo a connection keeps the address that it would have come from, as packet rules leave it.</summary>
public sealed class SourceTests(EbpfWorld world) : IClassFixture<EbpfWorld>
{
    private const PodFlags Everything = PodFlags.Outbound | PodFlags.OutboundAll;

    [SkippableTheory]
    [InlineData("10.77.0.1", "[::ffff:10.77.0.2]:")]
    [InlineData("::ffff:10.77.0.1", "[::ffff:10.77.0.2]:")]
    [InlineData("fd77::1", "[fd77::2]:")]
    public async Task The_proxy_sees_the_pods_address(string to, string source)
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        Enrol(Everything);
        var seen = await world.CallAsync(to, 2000);
        Assert.Equal((null, "outbound"), (seen.Error, seen.Name));
        Assert.StartsWith(source, seen.Client, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_call_to_itself_comes_from_the_address_that_is_called()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        Enrol(Everything | PodFlags.OutboundOverLo | PodFlags.SelfCalls);
        Assert.StartsWith("[::ffff:10.77.0.2]:", (await world.CallAsync("10.77.0.2", 2000)).Client, StringComparison.Ordinal);
        Assert.StartsWith("[fd77::2]:", (await world.CallAsync("fd77::2", 2000)).Client, StringComparison.Ordinal);
        Assert.StartsWith("[::ffff:127.0.0.1]:", (await world.CallAsync("127.0.0.1", 2000)).Client, StringComparison.Ordinal);
        var proxys = await world.CallAsync("10.77.0.2", 2000, new JsonObject { ["uid"] = 1337 });
        Assert.Equal("inbound", proxys.Name);
        Assert.StartsWith("[::ffff:10.77.0.2]:", proxys.Client, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("10.77.0.2")]
    public async Task A_socket_that_is_bound_keeps_the_address_that_it_chose(string bound)
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        Enrol(Everything);
        var seen = await world.CallAsync("10.77.0.1", 2000, new JsonObject { ["bind"] = bound });
        Assert.StartsWith($"[::ffff:{bound}]:", seen.Client, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_address_that_the_pod_has_no_more_is_done_without()
    {
        EbpfWorld.Need();
        await using var proxy = await world.StartProxyAsync();
        Enrol(Everything);
        world.Change(pod => pod with { SourceIPv4 = MappedAddress.Of(NetAddress.Parse("10.77.0.99")), SourceIPv6 = MappedAddress.Of(NetAddress.Parse("fd77::99")) });
        Assert.StartsWith("[::ffff:127.0.0.1]:", (await world.CallAsync("10.77.0.1", 2000)).Client, StringComparison.Ordinal);
        Assert.StartsWith("[::1]:", (await world.CallAsync("fd77::1", 2000)).Client, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Until_the_proxy_listens_connections_pass_it_by_only_where_that_was_asked_for()
    {
        EbpfWorld.Need();
        await using var peer = await world.StartPeerAsync(2000);
        Enrol(Everything);
        Assert.NotNull((await world.CallAsync("10.77.0.1", 2000)).Error);
        Enrol(Everything | PodFlags.PassWithoutListener);
        foreach (var to in new[] { "10.77.0.1", "::ffff:10.77.0.1", "fd77::1" })
        {
            Assert.Equal((null, "peer"), await NameAsync(to));
        }

        Assert.Equal(3UL, world.Count(CaptureReason.OutNoListenerPassed));
        await using var proxy = await world.StartProxyAsync();
        foreach (var to in new[] { "10.77.0.1", "::ffff:10.77.0.1", "fd77::1" })
        {
            Assert.Equal((null, "outbound"), await NameAsync(to));
        }

        async Task<(string?, string?)> NameAsync(string to)
        {
            var seen = await world.CallAsync(to, 2000);
            return (seen.Error, seen.Name);
        }
    }

    private void Enrol(PodFlags flags)
    {
        world.Enrol(flags);
        world.Change(pod => pod with { SourceIPv4 = MappedAddress.Of(NetAddress.Parse("10.77.0.2")), SourceIPv6 = MappedAddress.Of(NetAddress.Parse("fd77::2")) });
    }
}
