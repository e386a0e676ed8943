namespace Intercept.Capture.Execution;

/// <summary>One table as iptables-save prints it: built-in and user chains, each with its rules in order.</summary>
internal sealed class SavedTable(string name)
{
    private readonly Dictionary<string, List<string>> _rules = [];
    private readonly List<string> _userChains = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> UserChains => _userChains;

    public IEnumerable<string> Chains => _rules.Keys;

    public int RuleCount => _rules.Values.Sum(rules => rules.Count);

    /// <summary>True when nothing stands in the table but chains that are always there.</summary>
    public bool IsBare => RuleCount == 0 && !HasPolicy && _userChains.TrueForAll(chain => chain == IptablesNames.TableMarker);

    /// <summary>True when some built-in chain has a policy other than ACCEPT: somebody uses the table.</summary>
    public bool HasPolicy { get; private set; }

    public IReadOnlyList<string> Rules(string chain) => _rules.TryGetValue(chain, out var rules) ? rules : [];

    public bool IsUserChain(string chain) => _userChains.Contains(chain);

    public void Declare(string chain, string policy)
    {
        _rules.TryAdd(chain, []);
        if (policy == "-" && !_userChains.Contains(chain))
        {
            _userChains.Add(chain);
        }

        HasPolicy |= policy is not ("-" or "ACCEPT");
    }

    public void Append(string chain, string specification)
    {
        if (!_rules.TryGetValue(chain, out var rules))
        {
            _rules[chain] = rules = [];
        }

        rules.Add(specification);
    }
}
