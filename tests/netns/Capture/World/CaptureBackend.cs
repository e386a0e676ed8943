using Intercept.Tests.Cases;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>What installs the rules.</summary>
public enum CaptureBackend
{
    IptablesNft,
    IptablesLegacy,
    Nftables,
}

internal static class CaptureBackends
{
    public static TheoryData<CaptureBackend> All => [CaptureBackend.IptablesNft, CaptureBackend.IptablesLegacy, CaptureBackend.Nftables];

    /// <summary>The flags that choose it.</summary>
    public static IEnumerable<string> Flags(this CaptureBackend backend, bool linkerd = false) => backend switch
    {
        CaptureBackend.Nftables => ["--backend", "nftables"],
        _ => ["--backend", "iptables", linkerd ? "--iptables-mode" : "--force-iptables-binary", backend == CaptureBackend.IptablesNft ? "nft" : "legacy"],
    };

    public static IEnumerable<string> Flags(this CaptureBackend backend, CaptureCase capture) =>
        backend.Flags(capture.Arguments.Contains("--linkerd"));
}
