using Intercept.Capture.Configuration;

namespace Intercept.Tests.Unit.Capture;

public sealed class BadOptionsTests
{
    private const string PortForm = "a number from 1 to 65535";
    private const string PortsForm = $"a list of ports or ranges such as 80,8000-8010; a port is {PortForm}";
    private const string CidrsForm = "a list of ranges such as 10.0.0.0/8,fd00::/8";
    private const string IdForm = "a number from 0 to 4294967294, or a name known on this host";
    private const string InterfaceForm = "1 to 15 letters, digits, dots, underscores, dashes or @, not starting with a dash";
    private const string NumberForm = "a number from 0 to 4294967295, decimal or 0x hexadecimal";
    private const string LoopbackForm = "a range in 127.0.0.0/8, such as 127.0.0.1/32";

    [Theory]
    [InlineData("-p http", $"command line: -p 'http' is not a port; allowed: {PortForm}")]
    [InlineData("-p 0", $"command line: -p '0' is not a port; allowed: {PortForm}")]
    [InlineData("-p 65536", $"command line: -p '65536' is not a port; allowed: {PortForm}")]
    [InlineData("-p -1", $"command line: -p '-1' is not a port; allowed: {PortForm}")]
    [InlineData("--envoy-port=", $"command line: --envoy-port is missing; allowed: {PortForm}")]
    [InlineData("-u nobody-here", $"command line: -u 'nobody-here' is not a known user; allowed: {IdForm}")]
    [InlineData("-u 4294967295", $"command line: -u '4294967295' is not a known user; allowed: {IdForm}")]
    [InlineData("-u -1", $"command line: -u '-1' is not a known user; allowed: {IdForm}")]
    [InlineData("-u *", $"command line: -u '*' cannot hold * here; allowed: {IdForm}")]
    [InlineData("-g 12x", $"command line: -g '12x' is not a known group; allowed: {IdForm}")]
    [InlineData("-m tproxy", "command line: -m 'tproxy' is not one of the choices; allowed: REDIRECT, TPROXY")]
    [InlineData("-m NONE", "command line: -m 'NONE' is not one of the choices; allowed: REDIRECT, TPROXY")]
    [InlineData("-b 80,http", $"command line: -b 'http' is not a port; allowed: {PortsForm}")]
    [InlineData("-b 90-80", $"command line: -b '90-80' is not a port; allowed: {PortsForm}")]
    [InlineData("-b 80-", $"command line: -b '80-' is not a port; allowed: {PortsForm}")]
    [InlineData("-b *,80", $"command line: -b '*,80' cannot hold * here; allowed: {PortsForm}")]
    [InlineData("-d *", $"command line: -d '*' cannot hold * here; allowed: {PortsForm}")]
    [InlineData("-i 10.0.0.0", $"command line: -i '10.0.0.0' is not a range of addresses; allowed: {CidrsForm}")]
    [InlineData("-i 10.0.0.0/33", $"command line: -i '10.0.0.0/33' is not a range of addresses; allowed: {CidrsForm}")]
    [InlineData("-i 10.0.0/8", $"command line: -i '10.0.0/8' is not a range of addresses; allowed: {CidrsForm}")]
    [InlineData("-x *", $"command line: -x '*' cannot hold * here; allowed: {CidrsForm}")]
    [InlineData("-q 80;90", $"command line: -q '80;90' is not a port; allowed: {PortsForm}")]
    [InlineData("-c eth0/1", $"command line: -c 'eth0/1' is not an interface name; allowed: {InterfaceForm}")]
    [InlineData("-c eth+", $"command line: -c 'eth+' is not an interface name; allowed: {InterfaceForm}")]
    [InlineData("-k sixteen-letters-", $"command line: -k 'sixteen-letters-' is not an interface name; allowed: {InterfaceForm}")]
    [InlineData("-c ..", $"command line: -c '..' is not an interface name; allowed: {InterfaceForm}")]
    [InlineData("-t 0xg", $"command line: -t '0xg' is not a number; allowed: {NumberForm}")]
    [InlineData("-t 4294967296", $"command line: -t '4294967296' is not a number; allowed: {NumberForm}")]
    [InlineData("-r main", $"command line: -r 'main' is not a number; allowed: {NumberForm}")]
    [InlineData("-n=yes", "command line: -n 'yes' is not a truth value; allowed: true or false")]
    [InlineData("--dual-stack=maybe", "command line: --dual-stack 'maybe' is not a truth value; allowed: true or false")]
    [InlineData("--probe-timeout 5", "command line: --probe-timeout '5' is not a duration; allowed: a positive duration such as 5s, 500ms or 1m30s")]
    [InlineData("--probe-timeout 0s", "command line: --probe-timeout '0s' is not a duration; allowed: a positive duration such as 5s, 500ms or 1m30s")]
    [InlineData("--force-iptables-binary iptables-nft", "command line: --force-iptables-binary 'iptables-nft' is not one of the choices; allowed: legacy, nft")]
    [InlineData("--udp-policy drop", "command line: --udp-policy 'drop' is not one of the choices; allowed: pass, count, refuse")]
    [InlineData("--proxy-mark red", "command line: --proxy-mark 'red' is not a mark; allowed: MARK or MARK/MASK, decimal or 0x hexadecimal; MARK above 0, and no bit of it outside of MASK")]
    [InlineData("--proxy-mark 0", "command line: --proxy-mark '0' is not a mark; allowed: MARK or MARK/MASK, decimal or 0x hexadecimal; MARK above 0, and no bit of it outside of MASK")]
    [InlineData("--proxy-mark 0x10/0x0f", "command line: --proxy-mark '0x10/0x0f' is not a mark; allowed: MARK or MARK/MASK, decimal or 0x hexadecimal; MARK above 0, and no bit of it outside of MASK")]
    [InlineData("--proxy-mark 1/2/3", "command line: --proxy-mark '1/2/3' is not a mark; allowed: MARK or MARK/MASK, decimal or 0x hexadecimal; MARK above 0, and no bit of it outside of MASK")]
    [InlineData("--backend pf", "command line: --backend 'pf' is not one of the choices; allowed: auto, iptables, nftables, ebpf")]
    [InlineData("--outbound-ipv4-loopback-cidr ::1/128", $"capture configuration: the loopback range '::1/128' is not an IPv4 loopback range; allowed: {LoopbackForm}")]
    [InlineData("--outbound-ipv4-loopback-cidr 127.0.0.0/7", $"capture configuration: the loopback range '126.0.0.0/7' is not an IPv4 loopback range; allowed: {LoopbackForm}")]
    [InlineData("--outbound-ipv4-loopback-cidr 10.0.0.0/8", $"capture configuration: the loopback range '10.0.0.0/8' is not an IPv4 loopback range; allowed: {LoopbackForm}")]
    [InlineData("--outbound-ipv4-loopback-cidr localhost", $"command line: --outbound-ipv4-loopback-cidr 'localhost' is not a range of addresses; allowed: {LoopbackForm}")]
    [InlineData("--outbound-owner-groups=", "command line: --outbound-owner-groups names no group; allowed: * or a list of groups")]
    [InlineData("--outbound-owner-groups nobody-here", $"command line: --outbound-owner-groups 'nobody-here' is not a known group; allowed: {IdForm}")]
    [InlineData("install", "command line: argument 'install' is not a flag; allowed: flags only")]
    public void A_malformed_value_is_named_with_its_flag_and_the_allowed_form(string line, string problem) => Refuses(Options.Read(line), problem);

    [Fact]
    public void A_malformed_variable_is_named_as_the_variable_that_it_is() => Refuses(
        Options.Read("", "INBOUND_CAPTURE_PORT=x", "ISTIO_META_DNS_CAPTURE=perhaps"),
        "environment: ISTIO_META_DNS_CAPTURE 'perhaps' is not a truth value; allowed: true or false",
        $"environment: INBOUND_CAPTURE_PORT 'x' is not a port; allowed: {PortForm}");

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var result = Options.Read("--nonsense -p x -b 80,y,90-1 extra -i 10.0.0.0/40,ten --probe-timeout soon", "PROXY_UID=ghost");

        Assert.Null(result.Options);
        Assert.Equal(
            ["--nonsense", "--probe-timeout", "-b", "-b", "-i", "-i", "-p", "PROXY_UID", "argument"],
            result.Problems.Select(problem => problem.Field).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("-p 15006", "capture configuration: the inbound port '15006' is also the outbound port; allowed: a port of its own for each listener")]
    [InlineData("-e 15001", "capture configuration: the tunnel port '15001' is also the outbound port; allowed: a port of its own for each listener")]
    [InlineData("-z 15053 --redirect-dns", "capture configuration: the dns port '15053' is also the inbound port; allowed: a port of its own for each listener")]
    [InlineData("-b 80-90 -d 85", "command line: -d '80-90' is among the captured inbound ports; allowed: ports outside that list, or * there")]
    [InlineData("--outbound-owner-groups web --outbound-owner-groups-exclude proxies", "command line: --outbound-owner-groups-exclude 'proxies' has no meaning beside a list of included groups; allowed: one of the two")]
    [InlineData("--capture-all-dns", "command line: --capture-all-dns 'true' has no effect without --redirect-dns; allowed: both or neither")]
    [InlineData("--redirect-dns -o 53", "capture configuration: the excluded outbound ports '53' would undo the capture of DNS; allowed: one of the two")]
    [InlineData("--redirect-dns -o 50-60", "capture configuration: the excluded outbound ports '53' would undo the capture of DNS; allowed: one of the two")]
    [InlineData("--native-nftables --backend iptables", "command line: --native-nftables 'true' contradicts --backend iptables; allowed: one of the two")]
    [InlineData("--backend nftables --force-iptables-binary nft", "command line: --force-iptables-binary 'nft' has no effect with this backend; allowed: one of the two")]
    [InlineData("--backend ebpf --force-iptables-binary nft", "command line: --force-iptables-binary 'nft' has no effect with this backend; allowed: one of the two")]
    [InlineData("--backend ebpf --native-nftables", "command line: --native-nftables 'true' contradicts --backend ebpf; allowed: one of the two")]
    [InlineData("-c eth1 -k eth1", "capture configuration: an interface 'eth1' is both excluded and virtual; allowed: one of the two")]
    [InlineData("-c lo", "capture configuration: an interface 'lo' cannot be excluded or virtual: self-calls travel on it; allowed: an interface other than lo")]
    [InlineData("-t 0", "capture configuration: the TPROXY mark '0' is the mark of every packet; allowed: a number from 1 to 4294967295")]
    [InlineData("-r 254", "capture configuration: the TPROXY route table '254' belongs to the kernel; allowed: a number from 1 to 4294967295 except 253, 254 and 255")]
    [InlineData("-r 0", "capture configuration: the TPROXY route table '0' belongs to the kernel; allowed: a number from 1 to 4294967295 except 253, 254 and 255")]
    public void A_contradiction_is_refused_rather_than_decided(string line, string problem) => Refuses(Options.Read(line), problem);

    [Fact]
    public void Without_a_uid_and_a_gid_the_proxy_would_capture_itself()
    {
        var configuration = new CaptureConfiguration { ProxyUids = [], ProxyGids = [] };

        Assert.Contains(
            "are both missing, so the proxy's own traffic would be sent back to it without end",
            CaptureConfigurationRules.Check(configuration).Select(problem => problem.Why));
        Assert.Throws<ArgumentException>(() => Intercept.Capture.Planning.CapturePlan.Create(configuration));
    }

    [Fact]
    public void A_pod_without_resolvers_cannot_capture_its_DNS()
    {
        var host = Options.Host with { ResolvConf = "search svc.cluster.local\n" };

        Refuses(
            Options.Read("--redirect-dns", host),
            "capture configuration: the resolvers are unknown, so no DNS would be captured; allowed: a nameserver line in /etc/resolv.conf, or capture of all DNS");
        Assert.Empty(Options.Read("--redirect-dns --capture-all-dns", host).Problems);
    }

    [Fact]
    public void A_resolver_that_is_no_address_is_named_with_its_line() => Refuses(
        Options.Read("--redirect-dns", Options.Host with { ResolvConf = "# resolvers\nnameserver 10.0.0.300\nnameserver 10.0.0.3\n" }),
        "/etc/resolv.conf:2: nameserver '10.0.0.300' is not an address; allowed: an IPv4 or IPv6 address");

    [Fact]
    public void More_groups_than_rules_should_be_are_refused()
    {
        var groups = string.Join(',', Enumerable.Range(1, 65));

        Refuses(
            Options.Read($"--outbound-owner-groups-exclude {groups}"),
            "capture configuration: the excluded owner groups '65' are too many; allowed: at most 64 groups");
        Assert.Empty(Options.Read($"--outbound-owner-groups-exclude {groups[..groups.LastIndexOf(',')]}").Problems);
    }

    private static void Refuses(CaptureOptionsResult result, params string[] problems)
    {
        Assert.Null(result.Options);
        Assert.Equal(string.Join('\n', problems), string.Join('\n', result.Problems));
    }
}
