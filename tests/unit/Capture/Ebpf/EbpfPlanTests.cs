using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Unit.Capture.Ebpf;

/// <summary>Whether the entries decide as the rules do is asked of the kernel, in tests/netns/Ebpf.</summary>
public sealed class EbpfPlanTests
{
    private static readonly Dictionary<string, uint> _interfaces = new() { ["lo"] = 1, ["eth1"] = 11 };

    [Theory]
    [InlineData(80, 80, "80/16")]
    [InlineData(8000, 8010, "8000/13 8008/15 8010/16")]
    [InlineData(1, 65535, "1/16 2/15 4/14 8/13 16/12 32/11 64/10 128/9 256/8 512/7 1024/6 2048/5 4096/4 8192/3 16384/2 32768/1")]
    public void A_range_of_ports_is_a_few_blocks_that_begin_at_a_multiple_of_their_size(int first, int last, string blocks)
    {
        var plan = Plan(new CaptureConfiguration { OutboundExcludePorts = [new PortRange((ushort)first, (ushort)last)] });
        Assert.Equal(blocks, string.Join(' ', plan.Ports.Where(port => port.Rule == (int)RuleKind.PortOutExclude).Select(Describe)));
    }

    [Fact]
    public void Only_kinds_that_have_entries_are_looked_up()
    {
        var plan = Plan(new CaptureConfiguration { ProxyUids = [], TunnelPort = null, OutboundExcludePorts = [PortRange.Of(22)] });
        Assert.Equal(
            [RuleKind.PortOutExclude, RuleKind.RangeLocal, RuleKind.GidProxy, RuleKind.RangeLoopback],
            Enum.GetValues<RuleKind>().Where(kind => (plan.Pod.Rules & (1U << (int)kind)) != 0));
    }

    [Fact]
    public void What_only_rules_in_the_packets_way_can_do_is_named_and_the_default_is_not()
    {
        var configuration = new CaptureConfiguration { CaptureAllInbound = true, CaptureAllOutbound = true };
        Assert.Empty(Unsupported(configuration));
        Assert.Single(Unsupported(configuration, forwards: true));
        Assert.Equal(4, Unsupported(
            configuration with
            {
                DropInvalid = true,
                InboundMode = InboundMode.Tproxy,
                ExcludeInterfaces = ["eth1"],
                VirtualInterfaces = ["tap0"],
            }).Length);
    }

    [Fact]
    public void An_interface_is_excluded_inbound_by_its_number_where_it_is_there_and_never_outbound()
    {
        var configuration = new CaptureConfiguration { CaptureAllInbound = true, CaptureAllOutbound = true, ExcludeInterfaces = ["eth1", "eth2"] };
        Assert.Equal(2, Unsupported(configuration).Length);
        Assert.Contains("eth2", Assert.Single(Unsupported(configuration.InboundOnly())), StringComparison.Ordinal);
        Assert.DoesNotContain("eth2", Assert.Single(Unsupported(configuration.OutboundOnly())), StringComparison.Ordinal);
        configuration = configuration.InboundOnly() with { ExcludeInterfaces = ["eth1"] };
        Assert.Empty(Unsupported(configuration));
        Assert.Equal([11u], Plan(configuration).Owners.Where(rule => rule.Rule == (uint)RuleKind.InterfaceInExclude).Select(rule => rule.Owner));
    }

    [Fact]
    public void Programs_that_every_datagram_passes_are_there_only_for_what_concerns_datagrams()
    {
        Assert.DoesNotContain("sendmsg4", CaptureObject.ProgramsFor(Plan(new CaptureConfiguration { CaptureAllOutbound = true }).Pod.Flags));
        foreach (var configuration in new[]
        {
            new CaptureConfiguration { RedirectDns = true, CaptureAllDns = true },
            new CaptureConfiguration { CaptureAllOutbound = true, UdpPolicy = UdpPolicy.Count },
        })
        {
            Assert.Equal(["sendmsg4", "sendmsg6", "connect4", "connect6"], CaptureObject.ProgramsFor(Plan(configuration).Pod.Flags).TakeLast(4));
        }
    }

    [Fact]
    public void The_pods_own_addresses_count_as_reached_over_lo()
    {
        var plan = EbpfPlan.Create(new CaptureConfiguration(), 3, [NetAddress.Parse("10.0.0.5"), NetAddress.Parse("fd00::5")], _interfaces);
        Assert.Equal([72 + 96, 64 + 128, 96 + 96, 64 + 128], plan.Ranges.Where(range => range.Rule == (int)RuleKind.RangeLocal).Select(range => (int)range.Prefix));
        Assert.All(plan.Ranges, range => Assert.Equal(3u, range.Pod));
    }

    private static EbpfPlan Plan(CaptureConfiguration configuration) => EbpfPlan.Create(configuration, 1, ImmutableArray<NetAddress>.Empty, _interfaces);

    private static ImmutableArray<string> Unsupported(CaptureConfiguration configuration, bool forwards = false) =>
        EbpfPlan.Unsupported(configuration, forwards, _interfaces);

    private static string Describe(PortRule rule) => string.Create(
        CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReverseEndianness(rule.Port)}/{rule.Prefix - 48}");
}
