namespace Intercept.Capture.Execution;

/// <summary>The commands of one variant as this machine names them: iptables-nft, or plain iptables where that is what it is.</summary>
/// <param name="Suffix">"-nft", "-legacy", or "" when only the plain name exists.</param>
internal sealed record IptablesTools(IptablesKind Kind, string Suffix)
{
    public string Save(bool ipv6) => $"{Command(ipv6)}{Suffix}-save";

    public string Restore(bool ipv6) => $"{Command(ipv6)}{Suffix}-restore";

    public override string ToString() => $"iptables{Suffix} ({(Kind == IptablesKind.Nft ? "nf_tables" : "legacy")})";

    private static string Command(bool ipv6) => ipv6 ? "ip6tables" : "iptables";
}
