namespace Intercept.Capture.Configuration;

public enum BackendChoice
{
    /// <summary>What the machine has and already uses.</summary>
    Auto,
    Iptables,
    Nftables,
}
