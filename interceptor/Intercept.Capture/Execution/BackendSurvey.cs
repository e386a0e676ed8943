using Intercept.Capture.Configuration;

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
    private readonly Dictionary<IptablesKind, string> _failures = [];

    private BackendSurvey(bool hasNft, bool hasIPv6)
    {
        HasNft = hasNft;
        HasIPv6 = hasIPv6;
    }

    public bool HasNft { get; }

    /// <summary>False where the kernel runs without IPv6: then there is no IPv6 traffic to capture either.</summary>
    public bool HasIPv6 { get; }

    public IReadOnlyDictionary<IptablesKind, IptablesTools> Tools => _tools;

    /// <summary>What is on PATH and cannot be used, and why.</summary>
    public IReadOnlyDictionary<IptablesKind, string> Failures => _failures;

    public NftablesListing NftRules { get; private set; } = NftablesListing.Parse("");

    /// <summary>False where nobody asked, too.</summary>
    public bool KernelTakesNftKind { get; private set; }

    public static bool HostHasIPv6 => File.Exists("/proc/net/if_inet6");

    public static async Task<BackendSurvey> TakeAsync(BackendRequest request, ToolRunner runner, CancellationToken cancellation)
    {
        var survey = new BackendSurvey(runner.Exists("nft"), HostHasIPv6);
        var tools = await survey.FindToolsAsync(runner, cancellation);

        // Nothing here depends on anything else here, and each is mostly the start of a process.
        var undecided = tools.Count > 1 && request.Variant is null && request.Choice != BackendChoice.Nftables;
        var trial = undecided ? TryNftKindAsync(tools, runner, cancellation) : null;
        var nft = survey.HasNft ? NftablesState.ReadAsync(runner, onlyNative: false, cancellation) : null;
        await survey.ListAsync(tools, nft, runner, cancellation);
        survey.KernelTakesNftKind = trial is not null && await trial;
        return survey;
    }

    public SavedRules Rules(IptablesKind kind, bool ipv6) =>
        _rules.GetValueOrDefault((kind, ipv6)) ?? SavedRules.Empty;

    public bool HoldsOurs(IptablesKind kind) => Rules(kind, false).HoldsOurs || Rules(kind, true).HoldsOurs;

    /// <summary>Whether rules of ours stand, of whatever kind.</summary>
    public bool HoldsAnything => NftRules.Tables.Count > 0 || Tools.Keys.Any(HoldsOurs);

    public bool HoldsRules(IptablesKind kind) => Rules(kind, false).HoldsRules || Rules(kind, true).HoldsRules;

    public static async Task<IptablesKind> PlainKindAsync(ToolRunner runner, CancellationToken cancellation)
    {
        // "iptables v1.8.9 (nf_tables)", "(legacy)"; before 1.8 there is no bracket and only legacy existed.
        var version = await runner.RunAsync("iptables", ["--version"], cancellation: cancellation);
        return version.Output.Contains("nf_tables", StringComparison.Ordinal) ? IptablesKind.Nft : IptablesKind.Legacy;
    }

    private static async Task<bool> TryNftKindAsync(List<IptablesTools> found, ToolRunner runner, CancellationToken cancellation)
    {
        var tools = found.First(tools => tools.Kind == IptablesKind.Nft);
        return (await runner.RunAsync(tools.Restore(ipv6: false), ["--test", "--noflush"], ProbeRules, cancellation)).Succeeded;
    }

    private async Task<List<IptablesTools>> FindToolsAsync(ToolRunner runner, CancellationToken cancellation)
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

        return found;
    }

    private async Task ListAsync(List<IptablesTools> found, Task<NftablesListing>? nft, ToolRunner runner, CancellationToken cancellation)
    {
        // A new pod's namespace is empty, and one answer says it for both families.
        NftRules = nft is null ? NftRules : await nft;
        var listings = found
            .SelectMany(tools => AddressFamilies.Present(HasIPv6).Select(ipv6 => (tools, IPv6: ipv6, Result: ListAsync(tools, ipv6, runner, cancellation))))
            .ToList();
        foreach (var (tools, ipv6, result) in listings)
        {
            var listed = await result;
            if (listed.Succeeded)
            {
                _tools[tools.Kind] = tools;
                _rules[(tools.Kind, ipv6)] = SavedRules.Parse(listed.Output, tools.Kind == IptablesKind.Nft && HasNft
                    ? (table, chain) => NftRules.HasIptablesChain(ipv6, table, chain)
                    : null);
            }
            else
            {
                _failures[tools.Kind] = tools.Kind == IptablesKind.Legacy && !Privileges.HasNetRaw()
                    ? Privileges.HowToGrant("NET_RAW", "iptables-legacy opens a raw socket")
                    : ToolRunner.Explain(tools.Save(ipv6), [], listed);
            }
        }
    }

    private Task<ToolResult> ListAsync(IptablesTools tools, bool ipv6, ToolRunner runner, CancellationToken cancellation) =>
        (tools.Kind == IptablesKind.Nft ? NftRules.IsEmpty : runner.NetworkNamespace is null && HasNoLegacyTable(ipv6))
            ? Task.FromResult(new ToolResult(0, "", ""))
            : runner.RunAsync(tools.Save(ipv6), [], cancellation: cancellation);

    // All that iptables-legacy-save would look at, and in most namespaces find empty.
    private static bool HasNoLegacyTable(bool ipv6)
    {
        try
        {
            return File.ReadAllText(ipv6 ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names").Length == 0;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool IsComplete(ToolRunner runner, IptablesTools tools) =>
        AddressFamilies.Present(HasIPv6)
            .All(ipv6 => runner.Exists(tools.Save(ipv6)) && runner.Exists(tools.Restore(ipv6)));
}
