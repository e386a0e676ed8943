using Intercept.Capture.Configuration;
using Intercept.Core.Addressing;

namespace Intercept.Tests.Unit.Capture;

public sealed class IstioOptionsTests
{
    /// <summary>istio-iptables' own table: flag, letter, variables, default. Written down apart from ours, to be held against it.</summary>
    public static TheoryData<string, char?, string, string> Upstream => new()
    {
        { "envoy-port", 'p', "", "15001" },
        { "inbound-capture-port", 'z', "INBOUND_CAPTURE_PORT", "15006" },
        { "inbound-tunnel-port", 'e', "INBOUND_TUNNEL_PORT", "15008" },
        { "proxy-uid", 'u', "PROXY_UID", "" },
        { "proxy-gid", 'g', "PROXY_GID", "" },
        { "istio-inbound-interception-mode", 'm', "ISTIO_INBOUND_INTERCEPTION_MODE", "REDIRECT" },
        { "istio-inbound-ports", 'b', "ISTIO_INBOUND_PORTS", "" },
        { "istio-local-exclude-ports", 'd', "ISTIO_LOCAL_EXCLUDE_PORTS", "" },
        { "istio-exclude-interfaces", 'c', "ISTIO_EXCLUDE_INTERFACES", "" },
        { "istio-service-cidr", 'i', "ISTIO_SERVICE_CIDR", "" },
        { "istio-service-exclude-cidr", 'x', "ISTIO_SERVICE_EXCLUDE_CIDR", "" },
        { "istio-outbound-ports", 'q', "ISTIO_OUTBOUND_PORTS", "" },
        { "istio-local-outbound-ports-exclude", 'o', "ISTIO_LOCAL_OUTBOUND_PORTS_EXCLUDE", "" },
        { "kube-virt-interfaces", 'k', "KUBE_VIRT_INTERFACES", "" },
        { "istio-inbound-tproxy-mark", 't', "ISTIO_INBOUND_TPROXY_MARK", "1337" },
        { "istio-inbound-tproxy-route-table", 'r', "ISTIO_INBOUND_TPROXY_ROUTE_TABLE", "133" },
        { "dry-run", 'n', "DRY_RUN", "false" },
        { "skip-rule-apply", null, "SKIP_RULE_APPLY", "false" },
        { "run-validation", null, "RUN_VALIDATION", "false" },
        { "iptables-probe-port", null, "IPTABLES_PROBE_PORT", "15002" },
        { "probe-timeout", null, "PROBE_TIMEOUT", "5s" },
        { "redirect-dns", null, "REDIRECT_DNS ISTIO_META_DNS_CAPTURE", "false" },
        { "capture-all-dns", null, "CAPTURE_ALL_DNS", "false" },
        { "drop-invalid", null, "DROP_INVALID INVALID_DROP", "false" },
        { "dual-stack", null, "DUAL_STACK ISTIO_DUAL_STACK", "false" },
        { "network-namespace", null, "NETWORK_NAMESPACE", "" },
        { "cni-mode", null, "CNI_MODE", "false" },
        { "reconcile", null, "RECONCILE", "false" },
        { "cleanup-only", null, "CLEANUP_ONLY", "false" },
        { "force-apply", null, "FORCE_APPLY", "false" },
        { "native-nftables", null, "NATIVE_NFTABLES", "false" },
        { "force-iptables-binary", null, "FORCE_IPTABLES_BINARY", "" },
    };

    [Theory]
    [MemberData(nameof(Upstream))]
    public void A_flag_has_Istio_s_letter_variables_and_default(string name, char? letter, string variables, string standard)
    {
        var option = Assert.Single(CaptureOptionTable.Istio, option => option.Name == name);

        Assert.Equal((letter, standard), (option.Letter, option.Default));
        Assert.Equal(Options.Words(variables), option.Environment.ToArray());
        Assert.Equal(standard is "false", option.Kind == OptionKind.Switch);
    }

    [Fact]
    public void Without_anything_the_defaults_hold()
    {
        var options = Options.Accept("");

        Assert.Equal(Described.Of(new CaptureConfiguration()), Described.Of(options.Configuration));
        Assert.Equal(Described.Of(new InstallOptions()), Described.Of(options.Install));
    }

    [Fact]
    public void Every_flag_reaches_its_place_and_so_does_every_variable()
    {
        var expected = new CaptureConfiguration
        {
            OutboundPort = 16001,
            InboundPort = 16006,
            TunnelPort = 16008,
            ProxyUids = [1337, 101],
            ProxyGids = [2000],
            InboundMode = InboundMode.Tproxy,
            CaptureAllInbound = false,
            InboundIncludePorts = [PortRange.Of(80), new PortRange(8000, 8010)],
            InboundExcludePorts = [PortRange.Of(15090)],
            CaptureAllOutbound = false,
            OutboundIncludeCidrs = [Cidr.Parse("10.0.0.0/8"), Cidr.Parse("fd00::/8")],
            OutboundExcludeCidrs = [Cidr.Parse("10.1.0.0/16")],
            OutboundIncludePorts = [PortRange.Of(27017)],
            OutboundExcludePorts = [PortRange.Of(4222)],
            OwnerGroupsInclude = [2001, 7],
            OwnerGroupsExclude = [],
            LoopbackCidr = Cidr.Parse("127.0.0.0/8"),
            ExcludeInterfaces = ["eth1"],
            VirtualInterfaces = ["tap0", "tap1"],
            RedirectDns = true,
            CaptureAllDns = true,
            DropInvalid = true,
            TproxyMark = 0x1339,
            TproxyTable = 134,
        };
        var install = new InstallOptions
        {
            DryRun = true,
            DryRunFile = "/tmp/x",
            SkipRuleApply = true,
            RunValidation = true,
            Reconcile = true,
            CleanupOnly = true,
            ForceApply = true,
            CniMode = true,
            Backend = BackendChoice.Iptables,
            IptablesVariant = IptablesVariant.Legacy,
            NetworkNamespace = "/proc/1/ns/net",
            ProbePort = 16002,
            ProbeTimeout = TimeSpan.FromMilliseconds(1500),
            LockTimeout = TimeSpan.FromMinutes(1),
        };
        var letters = Options.Accept(
            "-p 16001 -z 16006 -e 16008 -u istio-proxy,envoy -g proxies -m TPROXY -b 80,8000-8010 -d 15090 -c eth1 -i 10.0.0.0/8,fd00::/8 -x 10.1.0.0/16 "
            + "-q 27017 -o 4222 -k tap0,tap1 -t 0x1339 -r 134 -n --skip-rule-apply --run-validation --iptables-probe-port 16002 --probe-timeout 1.5s "
            + "--redirect-dns --capture-all-dns --drop-invalid --dual-stack --network-namespace /proc/1/ns/net --cni-mode --reconcile --cleanup-only "
            + "--force-apply --force-iptables-binary legacy --outbound-owner-groups web,7 --outbound-ipv4-loopback-cidr 127.0.0.0/8 --dry-run-file /tmp/x "
            + "--backend iptables --lock-timeout 1m --log_output_level all:debug --log_as_json");
        Assert.Equal(Described.Of(expected), Described.Of(letters.Configuration));
        Assert.Equal(Described.Of(install), Described.Of(letters.Install));

        var variables = Options.Accept(
            "-p 16001",
            "INBOUND_CAPTURE_PORT=16006", "INBOUND_TUNNEL_PORT=16008", "PROXY_UID=istio-proxy,envoy", "PROXY_GID=proxies",
            "ISTIO_INBOUND_INTERCEPTION_MODE=TPROXY", "ISTIO_INBOUND_PORTS=80,8000-8010", "ISTIO_LOCAL_EXCLUDE_PORTS=15090", "ISTIO_EXCLUDE_INTERFACES=eth1",
            "ISTIO_SERVICE_CIDR=10.0.0.0/8,fd00::/8", "ISTIO_SERVICE_EXCLUDE_CIDR=10.1.0.0/16", "ISTIO_OUTBOUND_PORTS=27017",
            "ISTIO_LOCAL_OUTBOUND_PORTS_EXCLUDE=4222", "KUBE_VIRT_INTERFACES=tap0,tap1", "ISTIO_INBOUND_TPROXY_MARK=4921",
            "ISTIO_INBOUND_TPROXY_ROUTE_TABLE=134", "DRY_RUN=t", "SKIP_RULE_APPLY=1", "RUN_VALIDATION=True", "IPTABLES_PROBE_PORT=16002",
            "PROBE_TIMEOUT=1s500ms", "ISTIO_META_DNS_CAPTURE=TRUE", "CAPTURE_ALL_DNS=T", "INVALID_DROP=true", "ISTIO_DUAL_STACK=true",
            "NETWORK_NAMESPACE=/proc/1/ns/net", "CNI_MODE=true", "RECONCILE=true", "CLEANUP_ONLY=true", "FORCE_APPLY=true", "FORCE_IPTABLES_BINARY=legacy",
            "ISTIO_OUTBOUND_OWNER_GROUPS=web,7", "ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR=127.0.0.0/8", "DRY_RUN_FILE_PATH=/tmp/x", "INTERCEPT_BACKEND=iptables",
            "INTERCEPT_LOCK_TIMEOUT=60s", "ENVOY_PORT=9");
        Assert.Equal(Described.Of(expected), Described.Of(variables.Configuration));
        Assert.Equal(Described.Of(install), Described.Of(variables.Install));
    }

    [Theory]
    [InlineData("", "1337", "1337")]
    [InlineData("--envoy-user envoy", "101", "101")]
    [InlineData("--envoy-user nobody-here", "1337", "1337")]
    [InlineData("-u 5", "5", "5")]
    [InlineData("-u 5,6", "5, 6", "5, 6")]
    [InlineData("-u 5 -g 7", "5", "7")]
    [InlineData("-g 7", "1337", "7")]
    [InlineData("-u 0", "0", "0")]
    public void The_proxy_is_who_the_flags_say_else_the_user_of_the_image_else_1337(string line, string uids, string gids)
    {
        var configuration = Options.Accept(line).Configuration;

        Assert.Equal((uids, gids), (string.Join(", ", configuration.ProxyUids), string.Join(", ", configuration.ProxyGids)));
    }

    [Fact]
    public void A_star_is_everything_and_a_trailing_comma_is_nothing()
    {
        var configuration = Options.Accept("-b * -i * -d 15090,15021, -x ,").Configuration;

        Assert.True(configuration is { CaptureAllInbound: true, CaptureAllOutbound: true, OutboundExcludeCidrs: [] });
        Assert.Equal("15090, 15021", string.Join(", ", configuration.InboundExcludePorts));
    }

    [Fact]
    public void DNS_is_captured_to_the_resolvers_of_the_pod()
    {
        Assert.Equal("10.96.0.10, fd96::a", string.Join(", ", Options.Accept("--redirect-dns").Configuration.DnsServers));
        Assert.Empty(Options.Accept("--redirect-dns --capture-all-dns").Configuration.DnsServers);
        Assert.Empty(Options.Accept("").Configuration.DnsServers);
    }

    [Theory]
    [InlineData("", "", UdpPolicy.Pass)]
    [InlineData("--udp-policy count", "", UdpPolicy.Count)]
    [InlineData("", "INTERCEPT_UDP_POLICY=refuse", UdpPolicy.Refuse)]
    [InlineData("--udp-policy pass", "INTERCEPT_UDP_POLICY=refuse", UdpPolicy.Pass)]
    [InlineData("--linkerd -p 4143 -o 4140 -u 2102 --udp-policy refuse", "", UdpPolicy.Refuse)]
    public void Datagrams_pass_unless_a_policy_is_asked_for(string line, string environment, UdpPolicy policy) =>
        Assert.Equal(policy, Options.Accept(line, Options.Words(environment)).Configuration.UdpPolicy);

    [Theory]
    [InlineData("--redirect-dns --cleanup-only", "")]
    [InlineData("--udp-policy=pass --cleanup-only", "REDIRECT_DNS=true")]
    [InlineData("--redirect-dns -o 53", "CLEANUP_ONLY=true")]
    [InlineData("--redirect-dns --cleanup-only", "", "nameserver not-an-address\n")]
    public void Removing_asks_for_no_resolver_and_for_no_configuration_that_could_be_installed(
        string line, string environment, string resolvConf = "")
    {
        var host = Options.Host with { ResolvConf = resolvConf };
        Assert.Empty(Options.Read(line, host, Options.Words(environment)).Problems);

        // The same without what makes it a removal is refused.
        Assert.NotEmpty(Options.Read(line.Replace(" --cleanup-only", "", StringComparison.Ordinal), host, "REDIRECT_DNS=true").Problems);
    }

    [Fact]
    public void Native_nftables_is_the_nftables_backend() =>
        Assert.Equal(BackendChoice.Nftables, Options.Accept("--native-nftables").Install.Backend);
}
