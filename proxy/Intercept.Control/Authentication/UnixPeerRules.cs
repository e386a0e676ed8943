using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Core.Problems;

namespace Intercept.Control.Authentication;

/// <summary>Reads rules from a file, one a line, with blank lines and `#` comments; or from flags.</summary>
internal static class UnixPeerRules
{
    /// <returns>The rules, and every problem; rules count only where there is none.</returns>
    public static (ImmutableArray<UnixPeerRule> Rules, ImmutableArray<Problem> Problems) Read(
        IEnumerable<string> lines, string source, bool hasLines, TrustDomain trustDomain)
    {
        var rules = ImmutableArray.CreateBuilder<UnixPeerRule>();
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var line = 0;
        foreach (var text in lines)
        {
            line++;
            var content = text.AsSpan().Trim();
            if (hasLines && (content.IsEmpty || content[0] == '#'))
            {
                continue;
            }

            if (!UnixPeerRule.TryParse(content, out var rule, out var why))
            {
                problems.Add(new Problem(source, hasLines ? line : 0, "rule", text, why, null));
            }
            else if (rule.Identity.TrustDomain != trustDomain.Name)
            {
                problems.Add(new Problem(
                    source, hasLines ? line : 0, "rule", text, "is for another trust domain", SpiffeId.Prefix + trustDomain.Name + "/..."));
            }
            else
            {
                rules.Add(rule);
            }
        }

        return (rules.ToImmutable(), problems.ToImmutable());
    }
}
