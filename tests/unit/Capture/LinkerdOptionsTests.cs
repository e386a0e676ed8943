using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Unit.Capture;

public sealed class LinkerdOptionsTests
{
    private const string Required = "--linkerd -p 4143 -o 4140 -u 2102";

    [Fact]
    public void Linkerd_captures_everything_but_self_calls()
    {
        var expected = new CaptureConfiguration
        {
            OutboundPort = 4140,
            InboundPort = 4143,
            TunnelPort = null,
            ProxyUids = [2102],
            ProxyGids = [],
            CaptureAllInbound = true,
            CaptureAllOutbound = true,
            CaptureSelfCalls = false,
        };

        Assert.Equal(Described.Of(expected), Described.Of(Options.Accept(Required).Configuration));
    }

    [Fact]
    public void Every_flag_of_proxy_init_reaches_its_place()
    {
        var options = Options.Accept(
            "--linkerd --incoming-proxy-port 4143 --outgoing-proxy-port 4140 --proxy-uid 2102 --proxy-gid 2103 -r 80,8000-8010 "
            + "--inbound-ports-to-ignore 4190,4191 --inbound-ports-to-ignore 4567 --outbound-ports-to-ignore 443,6443 --subnets-to-ignore 10.0.0.0/8,fd00::/8 "
            + "--simulate --netns /proc/1/ns/net -w --timeout-close-wait-secs 3600 --iptables-mode nft --firewall-bin-path iptables-legacy "
            + "--firewall-save-bin-path iptables-legacy-save --ipv6=false --log-format json --log-level debug");
        var configuration = options.Configuration;

        Assert.Equal((4140, 4143), (configuration.OutboundPort, configuration.InboundPort));
        Assert.Equal((2102u, 2103u), (Assert.Single(configuration.ProxyUids), Assert.Single(configuration.ProxyGids)));
        Assert.False(configuration.CaptureAllInbound);
        Assert.Equal([PortRange.Of(80), new PortRange(8000, 8010)], configuration.InboundIncludePorts.ToArray());
        Assert.Equal([PortRange.Of(4190), PortRange.Of(4191), PortRange.Of(4567)], configuration.InboundExcludePorts.ToArray());
        Assert.Equal([PortRange.Of(443), PortRange.Of(6443)], configuration.OutboundExcludePorts.ToArray());
        Assert.Equal([Cidr.Parse("10.0.0.0/8"), Cidr.Parse("fd00::/8")], configuration.InboundExcludeSources.ToArray());
        Assert.Equal(
            Described.Of(new InstallOptions
            {
                DryRun = true,
                IptablesVariant = IptablesVariant.Nft,
                NetworkNamespace = "/proc/1/ns/net",
                CloseWaitTimeout = TimeSpan.FromHours(1),
            }),
            Described.Of(options.Install));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("--iptables-mode legacy", IptablesVariant.Legacy)]
    [InlineData("--iptables-mode plain", IptablesVariant.Plain)]
    [InlineData("--firewall-bin-path iptables-nft", IptablesVariant.Nft)]
    [InlineData("--firewall-bin-path iptables-nft --iptables-mode legacy", IptablesVariant.Legacy)]
    public void The_mode_wins_over_the_path_of_the_program(string line, IptablesVariant? variant) =>
        Assert.Equal(variant, Options.Accept($"{Required} {line}").Install.IptablesVariant);

    [Theory]
    [InlineData("--linkerd -u 1", "command line: --outgoing-proxy-port is missing; allowed: a number from 1 to 65535\ncommand line: --incoming-proxy-port is missing; allowed: a number from 1 to 65535")]
    [InlineData("--linkerd -p 4143 -o 4140", "capture configuration: the proxy's uid and gid are both missing, so the proxy's own traffic would be sent back to it without end; allowed: at least one uid or gid")]
    [InlineData("--linkerd -p 4143 -o 4140 -u 0", "command line: -u '0' is not an id; allowed: -1 for none, or a number from 1 to 4294967294")]
    [InlineData("--linkerd -p 4143 -o 4140 -u proxy", "command line: -u 'proxy' is not an id; allowed: -1 for none, or a number from 1 to 4294967294")]
    [InlineData("--linkerd -p 4143 -o 4143 -u 1", "capture configuration: the inbound port '4143' is also the outbound port; allowed: a port of its own for each listener")]
    [InlineData(Required + " --timeout-close-wait-secs -1", "command line: --timeout-close-wait-secs '-1' is not a number of seconds; allowed: a number from 0 to 2147483647")]
    [InlineData(Required + " --timeout-close-wait-secs 2147483648", "command line: --timeout-close-wait-secs '2147483648' is not a number of seconds; allowed: a number from 0 to 2147483647")]
    [InlineData(Required + " --iptables-mode ebpf", "command line: --iptables-mode 'ebpf' is not one of the choices; allowed: legacy, nft, plain")]
    [InlineData(Required + " --firewall-bin-path /sbin/iptables", "command line: --firewall-bin-path '/sbin/iptables' is not one of the choices; allowed: iptables-legacy, iptables-nft, iptables")]
    [InlineData(Required + " --iptables-mode nft --backend nftables", "command line: --backend 'nftables' contradicts the choice of an iptables program; allowed: one of the two")]
    [InlineData(Required + " --subnets-to-ignore 10.0.0.0", "command line: --subnets-to-ignore '10.0.0.0' is not a range of addresses; allowed: a list of ranges such as 10.0.0.0/8,fd00::/8")]
    public void What_proxy_init_would_not_understand_is_refused(string line, string problems)
    {
        var result = Options.Read(line);

        Assert.Null(result.Options);
        Assert.Equal(problems, string.Join('\n', result.Problems));
    }
}
