namespace Intercept.Capture.Planning;

/// <summary>The names under which the backends know the chains.</summary>
public static class RuleChains
{
    /// <summary>Every chain of ours in iptables starts with this, so that an older version's chains are found too.</summary>
    public const string IptablesPrefix = "INTERCEPT_";

    /// <summary>Every table of ours in nftables starts with this.</summary>
    public const string NftablesPrefix = "intercept_";

    public static bool IsBuiltIn(this RuleChain chain) => chain is RuleChain.Prerouting or RuleChain.Output;

    public static string IptablesName(this RuleChain chain) => chain switch
    {
        RuleChain.Prerouting => "PREROUTING",
        RuleChain.Output => "OUTPUT",
        RuleChain.InterceptPrerouting => IptablesPrefix + "PREROUTING",
        RuleChain.InterceptInbound => IptablesPrefix + "INBOUND",
        RuleChain.InterceptDivert => IptablesPrefix + "DIVERT",
        RuleChain.InterceptVirtual => IptablesPrefix + "VIRTUAL",
        RuleChain.InterceptOutput => IptablesPrefix + "OUTPUT",
        RuleChain.InterceptProxy => IptablesPrefix + "PROXY",
        RuleChain.InterceptApplication => IptablesPrefix + "APPLICATION",
        RuleChain.InterceptDns => IptablesPrefix + "DNS",
        RuleChain.InterceptOutbound => IptablesPrefix + "OUTBOUND",
        RuleChain.InterceptUdp => IptablesPrefix + "UDP",
        _ => throw new ArgumentOutOfRangeException(nameof(chain), chain, null),
    };

    /// <summary>The iptables name in lower case: the two backends list the same rules under the same names.</summary>
    public static string NftablesName(this RuleChain chain) => chain.IptablesName().ToLowerInvariant();

    public static string IptablesName(this RuleTable table) => table switch
    {
        RuleTable.Raw => "raw",
        RuleTable.Mangle => "mangle",
        RuleTable.Nat => "nat",
        RuleTable.Filter => "filter",
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, null),
    };

    public static string NftablesName(this RuleTable table) => NftablesPrefix + table.IptablesName();
}
