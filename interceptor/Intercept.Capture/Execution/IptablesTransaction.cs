using System.Text;

namespace Intercept.Capture.Execution;

/// <summary>
/// What separates the rules that are there from the rules that should be: in words for a person, and as the one text for
/// iptables-restore --noflush that repairs it. Each COMMIT replaces one table as a whole, so a packet meets the old table
/// or the new one, and a connection that is already translated is looked up in conntrack and meets neither.
/// </summary>
internal sealed class IptablesTransaction
{
    private IptablesTransaction(string text, IReadOnlyList<string> drift)
    {
        Text = text;
        Drift = drift;
    }

    /// <summary>The input of iptables-restore; empty when nothing has to change.</summary>
    public string Text { get; }

    /// <summary>One line for every difference.</summary>
    public IReadOnlyList<string> Drift { get; }

    public bool IsEmpty => Text.Length == 0;

    /// <param name="recordMade">Mark the tables and chains that this transaction brings into being (iptables-nft).</param>
    /// <param name="force">Write the tables of the plan also where they are as they should be.</param>
    public static IptablesTransaction Between(SavedRules current, SavedRules desired, bool recordMade, bool force = false)
    {
        var drift = new List<string>();
        var changed = new List<(int Gain, string Text)>();
        foreach (var name in desired.Tables.Concat(current.Tables).Select(table => table.Name).Distinct())
        {
            var there = current.Find(name);
            var wanted = desired.Find(name);
            var before = drift.Count;
            Compare(name, there, wanted, drift);
            if (drift.Count > before || (force && wanted is not null))
            {
                var gain = OurRules(wanted) - OurRules(there);
                changed.Add((gain, Rewrite(name, there, wanted, recordMade)));
            }
        }

        // The table that gains rules goes first: when capture moves from one table to another (REDIRECT to TPROXY and
        // back) both hold it for a moment, and never neither.
        var text = string.Concat(changed.OrderByDescending(table => table.Gain).Select(table => table.Text));
        return new IptablesTransaction(text, drift);
    }

    private static int OurRules(SavedTable? table) =>
        table?.Chains.Where(IptablesNames.IsOurChain).Sum(chain => table.Rules(chain).Count) ?? 0;

    private static void Compare(string name, SavedTable? there, SavedTable? wanted, List<string> drift)
    {
        foreach (var chain in Chains(there, wanted))
        {
            var have = there?.Rules(chain) ?? [];
            var want = wanted?.Rules(chain) ?? [];
            if (IptablesNames.IsOurChain(chain))
            {
                var exists = there?.IsUserChain(chain) ?? false;
                var should = wanted?.IsUserChain(chain) ?? false;
                if (exists && !should)
                {
                    drift.Add($"{name} {chain}: a chain that the plan does not have");
                    continue;
                }

                if (should && !exists)
                {
                    drift.Add($"{name} {chain}: the chain is missing");
                    continue;
                }

                CompareRules(name, chain, have, want, drift);
            }
            else
            {
                var ours = have.Where(IptablesNames.IsOurRule).ToList();
                CompareRules(name, chain, ours, want, drift);
                if (ours.SequenceEqual(want) && !have.Take(want.Count).SequenceEqual(want))
                {
                    drift.Add($"{name} {chain}: foreign rule before ours: {have.First(rule => !IptablesNames.IsOurRule(rule))}");
                }
            }
        }
    }

    private static void CompareRules(string table, string chain, IReadOnlyList<string> have, IReadOnlyList<string> want,
        List<string> drift)
    {
        if (have.SequenceEqual(want))
        {
            return;
        }

        var missing = Subtract(want, have);
        var foreign = Subtract(have, want);
        drift.AddRange(missing.Select(rule => $"{table} {chain}: missing: {rule}"));
        drift.AddRange(foreign.Select(rule => $"{table} {chain}: not in the plan: {rule}"));
        if (missing.Count == 0 && foreign.Count == 0)
        {
            var at = Enumerable.Range(0, want.Count).First(index => have[index] != want[index]);
            drift.Add($"{table} {chain}: out of order: rule {at + 1} is {have[at]}, the plan has {want[at]}");
        }
    }

    // Counts matter: a rule that stands twice is drift.
    private static List<string> Subtract(IReadOnlyList<string> from, IReadOnlyList<string> what)
    {
        var rest = from.ToList();
        foreach (var rule in what)
        {
            rest.Remove(rule);
        }

        return rest;
    }

    private static string Rewrite(string name, SavedTable? there, SavedTable? wanted, bool recordMade)
    {
        var text = new StringBuilder();
        text.Append('*').Append(name).Append('\n');
        foreach (var marker in recordMade ? Markers(there, wanted) : [])
        {
            text.Append(':').Append(marker).Append(" - [0:0]\n");
        }

        // With --noflush a declared user chain is created, or emptied when it is there.
        foreach (var chain in wanted?.UserChains ?? [])
        {
            text.Append(':').Append(chain).Append(" - [0:0]\n");
        }

        foreach (var chain in there?.Chains.Where(chain => !IptablesNames.IsOurChain(chain)) ?? [])
        {
            foreach (var rule in there!.Rules(chain).Where(IptablesNames.IsOurRule))
            {
                text.Append("-D ").Append(chain).Append(' ').Append(rule).Append('\n');
            }
        }

        var stale = (there?.UserChains ?? []).Where(chain => IptablesNames.IsOurChain(chain)
            && !IptablesNames.IsMarker(chain) && !(wanted?.IsUserChain(chain) ?? false)).ToList();
        foreach (var chain in stale)
        {
            text.Append("-F ").Append(chain).Append('\n');
        }

        foreach (var chain in stale)
        {
            text.Append("-X ").Append(chain).Append('\n');
        }

        foreach (var chain in wanted?.Chains ?? [])
        {
            var position = 0;
            foreach (var rule in wanted!.Rules(chain))
            {
                var verb = IptablesNames.IsOurChain(chain) ? $"-A {chain}" : $"-I {chain} {++position}";
                text.Append(verb).Append(' ').Append(rule).Append('\n');
            }
        }

        return text.Append("COMMIT\n").ToString();
    }

    private static IEnumerable<string> Markers(SavedTable? there, SavedTable? wanted) =>
        (there is null ? [IptablesNames.TableMarker] : Array.Empty<string>())
            .Concat((wanted?.BuiltInChains ?? []).Except(there?.BuiltInChains ?? []).Select(IptablesNames.MarkerOf));

    private static IEnumerable<string> Chains(SavedTable? there, SavedTable? wanted) =>
        (wanted?.Chains ?? []).Concat(there?.Chains ?? []).Distinct().Where(chain => !IptablesNames.IsMarker(chain));
}
