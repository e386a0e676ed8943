namespace Intercept.Capture.Configuration;

/// <summary>Options that Istio's and Linkerd's flags have beside them.</summary>
internal static class SharedOptions
{
    public static BackendChoice ReadBackend(OptionValues values) => values.Choice(
        "backend", ("auto", BackendChoice.Auto), ("iptables", BackendChoice.Iptables), ("nftables", BackendChoice.Nftables),
        ("ebpf", BackendChoice.Ebpf));

    public static EbpfSettings ReadEbpf(OptionValues values) => new()
    {
        Bpffs = values.Text("bpffs"),
        Cgroup = values.TextOrNull("cgroup"),
        ProxyCgroup = values.TextOrNull("proxy-cgroup"),
        ObjectFile = values.TextOrNull("ebpf-object"),
    };

    public static SocketOptions ReadSockets(OptionValues values)
    {
        var (mark, mask) = values.Mark("proxy-mark");
        return new SocketOptions(
            PassBoundDevice: values.Choice("bound-device", ("refuse", false), ("pass", true)),
            BypassUntilReady: values.Switch("bypass-until-ready"),
            GuardPorts: values.Switch("guard-ports"),
            ClientAddress: values.Switch("client-address"),
            EventsPerSecond: values.Number("events-per-second"),
            mark,
            mask);
    }

    public static UdpPolicy ReadUdpPolicy(OptionValues values) => values.Choice(
        "udp-policy", ("pass", UdpPolicy.Pass), ("count", UdpPolicy.Count), ("refuse", UdpPolicy.Refuse));
}
