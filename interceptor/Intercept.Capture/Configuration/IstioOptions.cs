
namespace Intercept.Capture.Configuration;

/// <summary>istio-iptables' flags and environment, with their meaning.</summary>
internal static class IstioOptions
{
    // The uid of Istio's images, when the image has no istio-proxy user.
    private const uint StandardProxyUid = 1337;

    public static CaptureOptions Read(OptionValues values)
    {
        var uids = values.TextOrNull("proxy-uid") is null
            ? [values.FindUser(values.Text("envoy-user")) ?? StandardProxyUid]
            : values.Users("proxy-uid");
        var captureAllInbound = values.IsAll("istio-inbound-ports");
        var captureAllOutbound = values.IsAll("istio-service-cidr");
        var allGroups = values.IsAll("outbound-owner-groups");
        var redirectDns = values.Switch("redirect-dns");
        var captureAllDns = values.Switch("capture-all-dns");
        values.Switch("dual-stack");
        var configuration = new CaptureConfiguration
        {
            OutboundPort = values.Port("envoy-port"),
            InboundPort = values.Port("inbound-capture-port"),
            TunnelPort = values.Port("inbound-tunnel-port"),
            ProxyUids = uids,
            ProxyGids = values.TextOrNull("proxy-gid") is null ? uids : values.Groups("proxy-gid"),
            InboundMode = values.Choice(
                "istio-inbound-interception-mode",
                ("REDIRECT", InboundMode.Redirect),
                ("", InboundMode.Redirect),
                ("TPROXY", InboundMode.Tproxy)),
            CaptureAllInbound = captureAllInbound,
            InboundIncludePorts = captureAllInbound ? [] : values.Ports("istio-inbound-ports"),
            InboundExcludePorts = values.Ports("istio-local-exclude-ports"),
            CaptureAllOutbound = captureAllOutbound,
            OutboundIncludeCidrs = captureAllOutbound ? [] : values.Cidrs("istio-service-cidr"),
            OutboundExcludeCidrs = values.Cidrs("istio-service-exclude-cidr"),
            OutboundIncludePorts = values.Ports("istio-outbound-ports"),
            OutboundExcludePorts = values.Ports("istio-local-outbound-ports-exclude"),
            OwnerGroupsInclude = allGroups ? [] : values.Groups("outbound-owner-groups"),
            OwnerGroupsExclude = values.Groups("outbound-owner-groups-exclude"),
            LoopbackCidr = values.LoopbackCidr("outbound-ipv4-loopback-cidr"),
            ExcludeInterfaces = values.Interfaces("istio-exclude-interfaces"),
            VirtualInterfaces = values.Interfaces("kube-virt-interfaces"),
            RedirectDns = redirectDns,
            CaptureAllDns = captureAllDns,
            DnsServers = redirectDns && !captureAllDns ? ResolvConf.ReadNameservers(values.ResolvConf, values.Problems) : [],
            Sockets = SharedOptions.ReadSockets(values),
            UdpPolicy = SharedOptions.ReadUdpPolicy(values),
            DropInvalid = values.Switch("drop-invalid"),
            TproxyMark = values.Number("istio-inbound-tproxy-mark"),
            TproxyTable = values.Number("istio-inbound-tproxy-route-table"),
        };
        CheckMeaning(configuration, allGroups, values);
        return new CaptureOptions(configuration, ReadInstall(values));
    }

    // What istio-iptables would leave without effect, or without a word.
    private static void CheckMeaning(CaptureConfiguration configuration, bool allGroups, OptionValues values)
    {
        foreach (var range in configuration.InboundIncludePorts.Where(range => configuration.InboundExcludePorts.Any(range.Overlaps)))
        {
            values.Add("istio-local-exclude-ports", range.ToString(), "is among the captured inbound ports", "ports outside that list, or * there");
        }

        // A name that is not known has been reported already.
        if (!allGroups && values.Text("outbound-owner-groups").All(letter => letter is ',' or ' '))
        {
            values.Add("outbound-owner-groups", null, "names no group", "* or a list of groups");
        }

        if (!configuration.OwnerGroupsInclude.IsEmpty && !configuration.OwnerGroupsExclude.IsEmpty)
        {
            values.Add("outbound-owner-groups-exclude", values.Text("outbound-owner-groups-exclude"), "has no meaning beside a list of included groups", "one of the two");
        }

        if (configuration is { CaptureAllDns: true, RedirectDns: false })
        {
            values.Add("capture-all-dns", "true", "has no effect without --redirect-dns", "both or neither");
        }
    }

    private static InstallOptions ReadInstall(OptionValues values)
    {
        var backend = SharedOptions.ReadBackend(values);
        if (values.Switch("native-nftables"))
        {
            if (backend is BackendChoice.Iptables or BackendChoice.Ebpf)
            {
                values.Add("native-nftables", "true", $"contradicts --backend {values.Text("backend")}", "one of the two");
            }

            backend = BackendChoice.Nftables;
        }

        var variant = values.Choice<IptablesVariant?>(
            "force-iptables-binary", ("", null), ("legacy", IptablesVariant.Legacy), ("nft", IptablesVariant.Nft));
        if (variant is not null && backend is BackendChoice.Nftables or BackendChoice.Ebpf)
        {
            values.Add("force-iptables-binary", values.Text("force-iptables-binary"), "has no effect with this backend", "one of the two");
        }

        return new InstallOptions
        {
            DryRun = values.Switch("dry-run"),
            DryRunFile = values.TextOrNull("dry-run-file"),
            SkipRuleApply = values.Switch("skip-rule-apply"),
            RunValidation = values.Switch("run-validation"),
            Reconcile = values.Switch("reconcile"),
            CleanupOnly = values.Switch("cleanup-only"),
            ForceApply = values.Switch("force-apply"),
            CniMode = values.Switch("cni-mode"),
            Backend = backend,
            StateDirectory = values.Text("state-dir"),
            Ebpf = SharedOptions.ReadEbpf(values),
            IptablesVariant = variant,
            NetworkNamespace = values.TextOrNull("network-namespace"),
            ProbePort = values.Port("iptables-probe-port"),
            ProbeTimeout = values.Duration("probe-timeout"),
            LockTimeout = values.Duration("lock-timeout"),
        };
    }
}
