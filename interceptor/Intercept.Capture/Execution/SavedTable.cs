namespace Intercept.Capture.Execution;

/// <summary>One table as iptables-save prints it: built-in and user chains, each with its rules in order.</summary>
internal sealed class SavedTable(string name)
{
    private readonly Dictionary<string, List<string>> _rules = [];
    private readonly List<string> _userChains = [];
    private readonly HashSet<string> _policies = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> UserChains => _userChains;

    public IEnumerable<string> Chains => _rules.Keys;

    public int RuleCount => _rules.Values.Sum(rules => rules.Count);

    /// <summary>True when nothing stands in the table but what was made for us.</summary>
    public bool IsBare => RuleCount == 0 && _policies.Count == 0 && _userChains.TrueForAll(IptablesNames.IsMarker);

    /// <summary>True when everything that stands in the table is ours.</summary>
    public bool IsOnlyOurs => _policies.Count == 0
        && _userChains.TrueForAll(chain => IptablesNames.IsOurChain(chain) || IptablesNames.IsMarker(chain))
        && BuiltInChains.All(chain => Rules(chain).All(IptablesNames.IsOurRule));

    public IEnumerable<string> BuiltInChains => Chains.Where(chain => !IsUserChain(chain));

    public IReadOnlyList<string> Rules(string chain) => _rules.TryGetValue(chain, out var rules) ? rules : [];

    public bool IsUserChain(string chain) => _userChains.Contains(chain);

    /// <summary>True when somebody has rules in it, or gave it a policy.</summary>
    public bool IsUsed(string chain) => Rules(chain).Count > 0 || _policies.Contains(chain);

    public void Declare(string chain, string policy)
    {
        _rules.TryAdd(chain, []);
        if (policy == "-" && !_userChains.Contains(chain))
        {
            _userChains.Add(chain);
        }

        if (policy is not ("-" or "ACCEPT"))
        {
            _policies.Add(chain);
        }
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
