namespace Intercept.Capture.Configuration;

/// <summary>Options that Istio's and Linkerd's flags have beside them.</summary>
internal static class SharedOptions
{
    public static BackendChoice ReadBackend(OptionValues values) => values.Choice(
        "backend", ("auto", BackendChoice.Auto), ("iptables", BackendChoice.Iptables), ("nftables", BackendChoice.Nftables));
}
