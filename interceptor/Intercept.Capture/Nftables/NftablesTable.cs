using System.Collections.Immutable;
using System.Text;

namespace Intercept.Capture.Nftables;

/// <summary>A table of family inet: one rule set for both IP families.</summary>
public sealed record NftablesTable(string Name, ImmutableArray<NftablesChain> Chains)
{
    /// <summary>The table exactly as `nft --stateless list table inet NAME` prints it, final newline included.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("table inet ").Append(Name).Append(" {\n");
        for (var index = 0; index < Chains.Length; index++)
        {
            text.Append(index == 0 ? "" : "\n").Append("\tchain ").Append(Chains[index].Name).Append(" {\n");
            if (Chains[index].Hook is { } hook)
            {
                text.Append("\t\t").Append(hook).Append('\n');
            }

            foreach (var rule in Chains[index].Rules)
            {
                text.Append("\t\t").Append(rule).Append('\n');
            }

            text.Append("\t}\n");
        }

        return text.Append("}\n").ToString();
    }
}
