namespace Intercept.Capture.Configuration;

/// <summary>Options that Istio's and Linkerd's flags have beside them.</summary>
internal static class SharedOptions
{
    public static BackendChoice ReadBackend(OptionValues values) => values.Choice(
        "backend", ("auto", BackendChoice.Auto), ("iptables", BackendChoice.Iptables), ("nftables", BackendChoice.Nftables));

    public static UdpPolicy ReadUdpPolicy(OptionValues values) => values.Choice(
        "udp-policy", ("pass", UdpPolicy.Pass), ("count", UdpPolicy.Count), ("refuse", UdpPolicy.Refuse));
}
