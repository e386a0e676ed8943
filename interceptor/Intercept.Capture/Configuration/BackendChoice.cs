namespace Intercept.Capture.Configuration;

public enum BackendChoice
{
    /// <summary>eBPF where it is proven to work here, else the packet rules that the machine has and already uses.</summary>
    Auto,
    Iptables,
    Nftables,
    Ebpf,
}
