using Intercept.Capture.Iptables;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>The rules of one address family, read from the text that iptables-save prints and iptables-restore takes.</summary>
internal sealed class SavedRules
{
    private readonly Dictionary<string, SavedTable> _tables = [];

    public static SavedRules Empty { get; } = new();

    public IEnumerable<SavedTable> Tables => _tables.Values;

    public bool HoldsOurs => Tables.Any(table => table.UserChains.Any(IptablesNames.IsOurChain)
        || table.Chains.Any(chain => table.Rules(chain).Any(IptablesNames.IsOurRule)));

    public bool HoldsRules => Tables.Any(table => table.RuleCount > 0);

    /// <param name="exists">Says of one of the kernel's chains whether it does; null for all do.</param>
    public static SavedRules Parse(string text, Func<string, string, bool>? exists = null)
    {
        var ruleset = new SavedRules();
        SavedTable? table = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.StartsWith('*'))
            {
                table = ruleset.Table(line[1..]);
            }
            else if (line.StartsWith(':') && table is not null)
            {
                var fields = line[1..].Split(' ');
                var policy = fields.Length > 1 ? fields[1] : "-";
                if (policy == "-" || exists is null || exists(table.Name, fields[0]))
                {
                    table.Declare(fields[0], policy);
                }
            }
            else if (line.StartsWith("-A ", StringComparison.Ordinal) && table is not null)
            {
                var end = line.IndexOf(' ', 3);
                table.Append(end < 0 ? line[3..] : line[3..end], end < 0 ? "" : line[(end + 1)..]);
            }
        }

        return ruleset;
    }

    /// <summary>The rules that a plan wants, in the same form.</summary>
    public static SavedRules Of(CapturePlan plan, bool ipv6)
    {
        var ruleset = new SavedRules();
        foreach (var wanted in IptablesText.Rules(plan, ipv6))
        {
            var table = ruleset.Table(wanted.Name);
            foreach (var chain in wanted.Chains)
            {
                table.Declare(chain.Name, chain.IsBuiltIn ? "ACCEPT" : "-");
                foreach (var rule in chain.Rules)
                {
                    table.Append(chain.Name, rule[$"-A {chain.Name} ".Length..]);
                }
            }
        }

        return ruleset;
    }

    public SavedTable? Find(string table) => _tables.GetValueOrDefault(table);

    private SavedTable Table(string name)
    {
        if (!_tables.TryGetValue(name, out var table))
        {
            _tables[name] = table = new SavedTable(name);
        }

        return table;
    }
}
