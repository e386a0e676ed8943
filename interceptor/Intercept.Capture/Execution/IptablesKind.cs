namespace Intercept.Capture.Execution;

/// <summary>The two kernel interfaces behind the iptables command. Their rules do not see each other.</summary>
internal enum IptablesKind
{
    Legacy,
    Nft,
}
