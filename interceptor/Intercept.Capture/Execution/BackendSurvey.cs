namespace Intercept.Capture.Execution;

/// <summary>
/// What this machine offers and what already stands in the namespace. Nothing here changes anything: rules are only listed
/// (iptables-legacy-save without -t reads /proc/net/ip_tables_names and loads no table), and the one restore that is tried is
/// iptables-nft-restore --test, which validates without a commit. The legacy --test is never run: it registers the table.
/// </summary>
internal sealed class BackendSurvey
{
    private const string ProbeRules = "*nat\n:INTERCEPT_PROBE - [0:0]\n-A INTERCEPT_PROBE -p tcp -j REDIRECT --to-ports 1\nCOMMIT\n";

    private static readonly (IptablesKind Kind, string Suffix)[] _kinds = [(IptablesKind.Nft, "-nft"), (IptablesKind.Legacy, "-legacy")];

    private readonly Dictionary<(IptablesKind Kind, bool IPv6), SavedRules> _rules = [];
    private readonly Dictionary<IptablesKind, IptablesTools> _tools = [];

    private BackendSurvey(bool hasNft, bool hasIPv6)
    {
        HasNft = hasNft;
        HasIPv6 = hasIPv6;
    }

    public bool HasNft { get; }

    /// <summary>False where the kernel runs without IPv6: then there is no IPv6 traffic to capture either.</summary>
    public bool HasIPv6 { get; }

    public IReadOnlyDictionary<IptablesKind, IptablesTools> Tools => _tools;

    public IReadOnlyList<string> NftTables { get; private set; } = [];

    public static async Task<BackendSurvey> TakeAsync(ToolRunner runner, CancellationToken cancellation)
    {
        var survey = new BackendSurvey(runner.Exists("nft"), File.Exists("/proc/net/if_inet6"));
        await survey.FindToolsAsync(runner, cancellation);
        if (survey.HasNft)
        {
            survey.NftTables = (await NftablesState.ReadAsync(runner, cancellation)).Tables;
        }

        return survey;
    }

    public SavedRules Rules(IptablesKind kind, bool ipv6) =>
        _rules.GetValueOrDefault((kind, ipv6)) ?? SavedRules.Empty;

    public bool HoldsOurs(IptablesKind kind) => Rules(kind, false).HoldsOurs || Rules(kind, true).HoldsOurs;

    public bool HoldsRules(IptablesKind kind) => Rules(kind, false).HoldsRules || Rules(kind, true).HoldsRules;

    public async Task<bool> KernelTakesNftKindAsync(ToolRunner runner, CancellationToken cancellation)
    {
        var tools = _tools[IptablesKind.Nft];
        return (await runner.RunAsync(tools.Restore(ipv6: false), ["--test", "--noflush"], ProbeRules, cancellation)).Succeeded;
    }

    public static async Task<IptablesKind> PlainKindAsync(ToolRunner runner, CancellationToken cancellation)
    {
        // "iptables v1.8.9 (nf_tables)", "(legacy)"; before 1.8 there is no bracket and only legacy existed.
        var version = await runner.RunAsync("iptables", ["--version"], cancellation: cancellation);
        return version.Output.Contains("nf_tables", StringComparison.Ordinal) ? IptablesKind.Nft : IptablesKind.Legacy;
    }

    private async Task FindToolsAsync(ToolRunner runner, CancellationToken cancellation)
    {
        var found = new List<IptablesTools>();
        foreach (var (kind, suffix) in _kinds)
        {
            var tools = new IptablesTools(kind, suffix);
            if (IsComplete(runner, tools))
            {
                found.Add(tools);
            }
        }

        if (found.Count < 2 && IsComplete(runner, new IptablesTools(IptablesKind.Legacy, "")))
        {
            var plain = new IptablesTools(await PlainKindAsync(runner, cancellation), "");
            if (found.TrueForAll(tools => tools.Kind != plain.Kind))
            {
                found.Add(plain);
            }
        }

        // The four listings do not depend on one another, and each is mostly the start of a process.
        var listings = found
            .SelectMany(tools => AddressFamilies.Present(HasIPv6).Select(ipv6 =>
                (tools, IPv6: ipv6, Result: runner.RunAsync(tools.Save(ipv6), [], cancellation: cancellation))))
            .ToList();
        foreach (var (tools, ipv6, result) in listings)
        {
            var listed = await result;
            if (listed.Succeeded)
            {
                _tools[tools.Kind] = tools;
                _rules[(tools.Kind, ipv6)] = SavedRules.Parse(listed.Output);
            }
        }
    }

    private bool IsComplete(ToolRunner runner, IptablesTools tools) =>
        AddressFamilies.Present(HasIPv6)
            .All(ipv6 => runner.Exists(tools.Save(ipv6)) && runner.Exists(tools.Restore(ipv6)));
}
