namespace Intercept.Capture.Configuration;

public enum IptablesVariant
{
    Legacy,
    Nft,

    /// <summary>The program that is called iptables, whichever variant that is.</summary>
    Plain,
}
