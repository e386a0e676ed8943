using System.Collections.Immutable;

namespace Intercept.Capture.Configuration;

/// <summary>
/// Every flag there is: parsing, help and the environment come from here. Names, short names, variables and defaults are those of
/// istio-iptables and of Linkerd's proxy-init, so that a pod spec written for them works unchanged.
/// </summary>
public static class CaptureOptionTable
{
    /// <summary>Chooses Linkerd's flags instead of Istio's; the two use the same letters for different things.</summary>
    public const string LinkerdSwitch = "linkerd";

    /// <summary>What Istio and Linkerd do not have; valid with both.</summary>
    public static ImmutableArray<CaptureOption> Own { get; } =
    [
        Switch(LinkerdSwitch, null, [], "take Linkerd's proxy-init flags"),
        Text("backend", null, ["INTERCEPT_BACKEND"], "auto", "auto|iptables|nftables|ebpf", "what captures; auto takes eBPF where a trial shows that it works"),
        Text("udp-policy", null, ["INTERCEPT_UDP_POLICY"], "pass", "pass|count|refuse", "datagrams where TCP would be captured outbound"),
        Text("lock-timeout", null, ["INTERCEPT_LOCK_TIMEOUT"], "30s", "DURATION", "how long to wait for the xtables lock"),
        Text("state-dir", null, ["INTERCEPT_STATE_DIR"], "/run/intercept", "DIR", "where install records for status what it chose and why"),
        Text("bpffs", null, ["INTERCEPT_BPFFS"], "/sys/fs/bpf", "DIR", "eBPF: where programs are pinned; the host's, for they must outlive a container"),
        Text("cgroup", null, ["INTERCEPT_CGROUP"], "", "DIR", "eBPF: the cgroup of all of the pod's processes; found where this runs in the pod"),
        Text("proxy-cgroup", null, ["INTERCEPT_PROXY_CGROUP"], "", "DIR", "eBPF: the proxy's own cgroup, by which it is known beside uid and gid"),
        Text("proxy-mark", null, ["INTERCEPT_PROXY_MARK"], "", "MARK[/MASK]", "eBPF: the mark of the proxy's sockets, by which it is known beside uid and gid"),
        Text("ebpf-object", null, ["INTERCEPT_EBPF_OBJECT"], "", "FILE", "eBPF: what intercept-init compile made; empty is the built-in object"),
        Text("bound-device", null, ["INTERCEPT_BOUND_DEVICE"], "refuse", "refuse|pass", "eBPF: sockets bound to an interface, which cannot reach the proxy"),
        Switch("bypass-until-ready", null, ["INTERCEPT_BYPASS_UNTIL_READY"], "eBPF: while the proxy does not listen, let connections pass it by IN THE CLEAR"),
        Switch("guard-ports", null, ["INTERCEPT_GUARD_PORTS"], "eBPF: nobody but the proxy may bind the proxy's ports"),
        Switch("client-address", null, ["INTERCEPT_CLIENT_ADDRESS"], "eBPF: the proxy may show the application its true client"),
        Text("events-per-second", null, ["INTERCEPT_EVENTS_PER_SECOND"], "0", "NUMBER", "eBPF: how many refused connections are told of one by one"),
    ];

    public static ImmutableArray<CaptureOption> Istio { get; } =
    [
        Text("envoy-port", 'p', [], "15001", "PORT", "captures outbound traffic"),
        Text("inbound-capture-port", 'z', ["INBOUND_CAPTURE_PORT"], "15006", "PORT", "captures inbound traffic"),
        Text("inbound-tunnel-port", 'e', ["INBOUND_TUNNEL_PORT"], "15008", "PORT", "the HBONE listener, never redirected"),
        Text("proxy-uid", 'u', ["PROXY_UID"], "", "LIST", "whose traffic is not captured; the uid of ENVOY_USER, else 1337"),
        Text("proxy-gid", 'g', ["PROXY_GID"], "", "LIST", "whose traffic is not captured; the proxy uid"),
        Text("istio-inbound-interception-mode", 'm', ["ISTIO_INBOUND_INTERCEPTION_MODE"], "REDIRECT", "REDIRECT|TPROXY", "TPROXY keeps the peer's address"),
        Text("istio-inbound-ports", 'b', ["ISTIO_INBOUND_PORTS"], "", "LIST|*", "inbound ports to capture; empty captures none"),
        Text("istio-local-exclude-ports", 'd', ["ISTIO_LOCAL_EXCLUDE_PORTS"], "", "LIST", "inbound ports left alone when all are captured"),
        Text("istio-exclude-interfaces", 'c', ["ISTIO_EXCLUDE_INTERFACES"], "", "LIST", "interfaces left alone in both directions"),
        Text("istio-service-cidr", 'i', ["ISTIO_SERVICE_CIDR"], "", "LIST|*", "outbound ranges to capture; empty captures none"),
        Text("istio-service-exclude-cidr", 'x', ["ISTIO_SERVICE_EXCLUDE_CIDR"], "", "LIST", "outbound ranges left alone"),
        Text("istio-outbound-ports", 'q', ["ISTIO_OUTBOUND_PORTS"], "", "LIST", "outbound ports captured whatever the address"),
        Text("istio-local-outbound-ports-exclude", 'o', ["ISTIO_LOCAL_OUTBOUND_PORTS_EXCLUDE"], "", "LIST", "outbound ports left alone"),
        Text("kube-virt-interfaces", 'k', ["KUBE_VIRT_INTERFACES"], "", "LIST", "interfaces whose inbound traffic counts as outbound"),
        Text("istio-inbound-tproxy-mark", 't', ["ISTIO_INBOUND_TPROXY_MARK"], "1337", "MARK", "marks what TPROXY delivers"),
        Text("istio-inbound-tproxy-route-table", 'r', ["ISTIO_INBOUND_TPROXY_ROUTE_TABLE"], "133", "NUMBER", "delivers marked packets locally"),
        Switch("dry-run", 'n', ["DRY_RUN"], "say what would be done, touch nothing"),
        Switch("skip-rule-apply", null, ["SKIP_RULE_APPLY"], "install nothing (with --run-validation: only validate)"),
        Switch("run-validation", null, ["RUN_VALIDATION"], "prove capture with real connections afterwards"),
        Text("iptables-probe-port", null, ["IPTABLES_PROBE_PORT"], "15002", "PORT", "what validation connects to"),
        Text("probe-timeout", null, ["PROBE_TIMEOUT"], "5s", "DURATION", "how long validation waits for one connection"),
        Switch("redirect-dns", null, ["REDIRECT_DNS", "ISTIO_META_DNS_CAPTURE"], "capture DNS to 15053"),
        Switch("capture-all-dns", null, ["CAPTURE_ALL_DNS"], "capture all port 53, not only to resolv.conf's servers"),
        Switch("drop-invalid", null, ["DROP_INVALID", "INVALID_DROP"], "drop packets that conntrack cannot place"),
        Switch("dual-stack", null, ["DUAL_STACK", "ISTIO_DUAL_STACK"], "accepted: both families are always captured"),
        Text("network-namespace", null, ["NETWORK_NAMESPACE"], "", "PATH", "the namespace to work in; empty is this one"),
        Switch("cni-mode", null, ["CNI_MODE"], "called on the host for a pod"),
        Switch("reconcile", null, ["RECONCILE"], "repair rules that differ"),
        Switch("cleanup-only", null, ["CLEANUP_ONLY"], "remove everything, install nothing"),
        Switch("force-apply", null, ["FORCE_APPLY"], "write the rules even if they are as they should be"),
        Switch("native-nftables", null, ["NATIVE_NFTABLES"], "the same as --backend nftables"),
        Text("force-iptables-binary", null, ["FORCE_IPTABLES_BINARY"], "", "legacy|nft", "do not detect the iptables variant"),
        Text("outbound-owner-groups", null, ["ISTIO_OUTBOUND_OWNER_GROUPS"], "*", "LIST|*", "groups whose outbound traffic is captured"),
        Text("outbound-owner-groups-exclude", null, ["ISTIO_OUTBOUND_OWNER_GROUPS_EXCLUDE"], "", "LIST", "groups whose outbound traffic is left alone"),
        Text("outbound-ipv4-loopback-cidr", null, ["ISTIO_OUTBOUND_IPV4_LOOPBACK_CIDR"], "127.0.0.1/32", "CIDR", "what counts as localhost in IPv4"),
        Text("envoy-user", null, ["ENVOY_USER"], "istio-proxy", "NAME", "the user whose uid is the default proxy uid"),
        Text("dry-run-file", null, ["DRY_RUN_FILE_PATH"], "", "PATH", "where a dry run writes what it would do"),
        Text("log_output_level", null, [], "", "LEVELS", "accepted, without effect"),
        Text("log_target", null, [], "", "TARGETS", "accepted, without effect"),
        Text("log_caller", null, [], "", "SCOPES", "accepted, without effect"),
        Text("log_stacktrace_level", null, [], "", "LEVELS", "accepted, without effect"),
        Switch("log_as_json", null, [], "accepted, without effect"),
    ];

    public static ImmutableArray<CaptureOption> Linkerd { get; } =
    [
        Text("incoming-proxy-port", 'p', [], "", "PORT", "captures inbound traffic (required)"),
        Text("outgoing-proxy-port", 'o', [], "", "PORT", "captures outbound traffic (required)"),
        Text("proxy-uid", 'u', [], "-1", "UID", "whose traffic is not captured; -1 for none"),
        Text("proxy-gid", 'g', [], "-1", "GID", "whose traffic is not captured; -1 for none"),
        List("ports-to-redirect", 'r', "inbound ports to capture; empty captures all"),
        List("inbound-ports-to-ignore", null, "inbound ports left alone"),
        List("outbound-ports-to-ignore", null, "outbound ports left alone"),
        List("subnets-to-ignore", null, "sources whose inbound traffic is left alone"),
        Switch("simulate", null, [], "say what would be done, touch nothing"),
        Text("netns", null, [], "", "PATH", "the namespace to work in; empty is this one"),
        Switch("use-wait-flag", 'w', [], "accepted: the xtables lock is always waited for"),
        Text("timeout-close-wait-secs", null, [], "0", "SECONDS", "nf_conntrack_tcp_timeout_close_wait; 0 leaves it"),
        Text("iptables-mode", null, [], "", "legacy|nft|plain", "do not detect the iptables variant"),
        Text("firewall-bin-path", null, [], "", "NAME", "iptables-legacy, iptables-nft or iptables; --iptables-mode wins"),
        Text("firewall-save-bin-path", null, [], "", "NAME", "the save program that belongs to it"),
        new("ipv6", null, [], OptionKind.Switch, "true", "", "accepted: both families are always captured"),
        Text("log-format", null, [], "plain", "plain|json", "accepted, without effect"),
        Text("log-level", null, [], "info", "LEVEL", "accepted, without effect"),
    ];

    private static CaptureOption Text(
        string name, char? letter, ImmutableArray<string> environment, string standard, string placeholder, string help) =>
        new(name, letter, environment, OptionKind.Text, standard, placeholder, help);

    private static CaptureOption List(string name, char? letter, string help) => new(name, letter, [], OptionKind.List, "", "LIST", help);

    private static CaptureOption Switch(string name, char? letter, ImmutableArray<string> environment, string help) =>
        new(name, letter, environment, OptionKind.Switch, "false", "", help);
}
