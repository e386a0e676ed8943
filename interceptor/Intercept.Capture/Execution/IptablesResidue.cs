using System.Text;

namespace Intercept.Capture.Execution;

/// <summary>
/// What an install brought into being beside its rules and no rule needs any more: tables of iptables-nft, and PREROUTING and
/// OUTPUT in tables of somebody else. What somebody uses by now stays; only the mark goes.
/// </summary>
/// <param name="Tables">Tables to delete, which only nft can.</param>
/// <param name="Chains">Input for iptables-restore that deletes chains and marks; empty when there are none.</param>
/// <param name="Markers">The same without the kernel's chains, for an iptables before 1.8.8, which cannot delete one.</param>
internal sealed record IptablesResidue(IReadOnlyList<string> Tables, string Chains, string Markers)
{
    public static IptablesResidue Of(SavedRules current, SavedRules desired, bool canDeleteTables)
    {
        var tables = new List<string>();
        var chains = new StringBuilder();
        var markers = new StringBuilder();
        foreach (var table in current.Tables)
        {
            if (table.IsBare && table.IsUserChain(IptablesNames.TableMarker) && desired.Find(table.Name) is null && canDeleteTables)
            {
                tables.Add(table.Name);
                continue;
            }

            var needed = desired.Find(table.Name)?.BuiltInChains ?? [];
            var made = table.BuiltInChains.Where(chain => table.IsUserChain(IptablesNames.MarkerOf(chain))).Except(needed).ToList();
            var stale = made.Select(IptablesNames.MarkerOf).ToList();
            if (table.IsUserChain(IptablesNames.TableMarker) && desired.Find(table.Name) is null)
            {
                stale.Add(IptablesNames.TableMarker);
            }

            if (stale.Count > 0)
            {
                Delete(chains, table.Name, made.Where(chain => !table.IsUsed(chain)).Concat(stale));
                Delete(markers, table.Name, stale);
            }
        }

        return new IptablesResidue(tables, chains.ToString(), markers.ToString());
    }

    private static void Delete(StringBuilder text, string table, IEnumerable<string> chains)
    {
        text.Append('*').Append(table).Append('\n');
        foreach (var chain in chains)
        {
            text.Append("-X ").Append(chain).Append('\n');
        }

        text.Append("COMMIT\n");
    }
}
