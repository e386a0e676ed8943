using System.Globalization;
using Intercept.Capture.Planning;

namespace Intercept.Capture.Execution;

/// <summary>
/// Our tables, chains and rules in nft text, whether nft printed it or we wrote it. Only what one nft version prints differently
/// from the next is levelled (hexadecimal marks, the order in a list of states); order of rules is kept.
/// </summary>
internal sealed class NftablesListing
{
    private readonly List<KeyValuePair<string, List<string>>> _chains = [];
    private readonly List<string> _tables = [];

    private readonly HashSet<string> _foreignChains = [];

    /// <summary>Ours.</summary>
    public IReadOnlyList<string> Tables => _tables;

    /// <summary>Whether the kernel was asked for everything, and there is nothing: of iptables-nft there is nothing then, either.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>Whether a chain of iptables-nft exists; iptables-nft-save prints the kernel's chains also where they do not.</summary>
    public bool HasIptablesChain(bool ipv6, string table, string chain) => _foreignChains.Contains($"{(ipv6 ? "ip6" : "ip")} {table} {chain}");

    public static NftablesListing Parse(string text, bool isEmpty = false)
    {
        var listing = new NftablesListing { IsEmpty = isEmpty };
        var (family, table) = ("", "");
        List<string>? chain = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.StartsWith("table ", StringComparison.Ordinal) && line.EndsWith('{'))
            {
                (family, table) = (line.Split(' ')[1], line.Split(' ')[2]);
                if (IsOurs(table))
                {
                    listing._tables.Add(table);
                }
            }
            else if (line.StartsWith("chain ", StringComparison.Ordinal) && line.EndsWith('{'))
            {
                chain = [];
                if (IsOurs(table))
                {
                    listing._chains.Add(new($"{table} {line.Split(' ')[1]}", chain));
                }
                else
                {
                    listing._foreignChains.Add($"{family} {table} {line.Split(' ')[1]}");
                }
            }
            else if (line == "}")
            {
                chain = null;
            }
            else if (line.Length > 0 && !line.StartsWith('#'))
            {
                chain?.Add(Level(line));
            }
        }

        return listing;
    }

    /// <summary>One line for every difference between the kernel's rules and the plan's.</summary>
    public IReadOnlyList<string> DriftFrom(NftablesListing desired)
    {
        var drift = new List<string>();
        foreach (var (name, want) in desired._chains)
        {
            if (Find(name) is { } have)
            {
                Compare(name, have, want, drift);
            }
            else
            {
                drift.Add($"{name}: the chain is missing");
            }
        }

        drift.AddRange(_chains.Where(chain => desired.Find(chain.Key) is null)
            .Select(chain => $"{chain.Key}: a chain that the plan does not have"));
        return drift;
    }

    private static bool IsOurs(string table) => table.StartsWith(RuleChains.NftablesPrefix, StringComparison.Ordinal);

    private static void Compare(string name, List<string> have, List<string> want, List<string> drift)
    {
        if (have.SequenceEqual(want))
        {
            return;
        }

        var before = drift.Count;
        drift.AddRange(Subtract(want, have).Select(rule => $"{name}: missing: {rule}"));
        drift.AddRange(Subtract(have, want).Select(rule => $"{name}: not in the plan: {rule}"));
        if (drift.Count == before)
        {
            var at = Enumerable.Range(0, want.Count).First(index => have[index] != want[index]);
            drift.Add($"{name}: out of order: rule {at} is {have[at]}, the plan has {want[at]}");
        }
    }

    private static List<string> Subtract(List<string> from, List<string> what)
    {
        var rest = from.ToList();
        foreach (var rule in what)
        {
            rest.Remove(rule);
        }

        return rest;
    }

    private static string Level(string line)
    {
        var comment = line.IndexOf(" comment ", StringComparison.Ordinal);
        var (rule, tail) = comment < 0 ? (line, "") : (line[..comment], line[comment..]);
        var words = rule.Split([' ', '\t', ';'], StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Select(LevelWord)) + tail;
    }

    private static string LevelWord(string word)
    {
        if (word.StartsWith("0x", StringComparison.Ordinal)
            && uint.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number))
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        return word.Contains(',', StringComparison.Ordinal) && !word.EndsWith(',')
            ? string.Join(',', word.Split(',').Order(StringComparer.Ordinal))
            : word;
    }

    private List<string>? Find(string name) => _chains.FirstOrDefault(chain => chain.Key == name).Value;
}
