using System.Text.RegularExpressions;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>How our rules are told from anybody else's. The rules are the record of what is installed; there is no state file.</summary>
internal static partial class IptablesNames
{
    // Empty chains that say "we made this". iptables-nft creates a table, and in it PREROUTING or OUTPUT, on first use, and only a
    // record lets uninstall tell them from empty ones that were there before. What a legacy table has cannot be removed by anybody.
    private const string MadePrefix = $"{RuleChains.IptablesPrefix}MADE_";

    /// <summary>The mark of a table that was made by us.</summary>
    public const string TableMarker = $"{MadePrefix}TABLE";

    private static readonly string[] _ours =
    [
        $"-j {RuleChains.IptablesPrefix}",
        $"-g {RuleChains.IptablesPrefix}",
    ];

    public static bool IsMarker(string chain) => chain.StartsWith(MadePrefix, StringComparison.Ordinal);

    /// <summary>The mark of one of the kernel's chains that was made by us.</summary>
    public static string MarkerOf(string chain) => $"{MadePrefix}{chain}";

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
