using System.Text.RegularExpressions;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>How our rules are told from anybody else's. The rules are the record of what is installed; there is no state file.</summary>
internal static partial class IptablesNames
{
    /// <summary>
    /// An empty chain that says "this table was made by us". iptables-nft creates a table on first use, and only a record
    /// lets uninstall tell it from an empty table that was there before. Legacy tables cannot be removed by anybody.
    /// </summary>
    public const string TableMarker = "INTERCEPT_MADE_TABLE";

    private static readonly string[] _ours =
    [
        $"-j {RuleChains.IptablesPrefix}",
        $"-g {RuleChains.IptablesPrefix}",
    ];

    public static bool IsOurChain(string chain) => chain.StartsWith(RuleChains.IptablesPrefix, StringComparison.Ordinal);

    /// <summary>In a chain that is not ours, only the jumps are ours. Somebody else's comment may well speak of them.</summary>
    public static bool IsOurRule(string specification)
    {
        var withoutComments = Quoted().Replace(specification, "");
        return _ours.Any(mark => withoutComments.Contains(mark, StringComparison.Ordinal));
    }

    // iptables-save quotes whatever holds a space, and escapes quotes within.
    [GeneratedRegex(@"""(?:[^""\\]|\\.)*""", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();
}
