using System.Globalization;
using System.Text.RegularExpressions;
using Intercept.Capture.Planning;

namespace Intercept.Tests.Netns.Capture.World;

/// <summary>Does to our rules what an operator or another program does: lists, deletes, adds and moves them with the kernel's own tools.</summary>
internal sealed class KernelRules(CaptureWorld world, CaptureBackend backend)
{
    /// <summary>The rules of a chain, in order; nftables has one chain for both families.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(RuleTable table, RuleChain chain, bool ipv6 = false)
    {
        var text = await world.MustInPodAsync(backend == CaptureBackend.Nftables
            ? $"nft -s -a list chain {NftChain(table, chain)}"
            : $"{Tool(ipv6)} -t {table.IptablesName()} -S {chain.IptablesName()}");
        return [.. text.Split('\n').Where(line => backend == CaptureBackend.Nftables
            ? line.Contains("# handle", StringComparison.Ordinal) && !line.Contains('{', StringComparison.Ordinal)
            : line.StartsWith("-A ", StringComparison.Ordinal))];
    }

    /// <summary>Deletes the first rule whose comment says this, and that holds another text too.</summary>
    public async Task DeleteAsync(RuleTable table, RuleChain chain, string why, bool ipv6 = false, string also = "")
    {
        var rules = await ListAsync(table, chain, ipv6);
        var index = rules.ToList().FindIndex(rule =>
            rule.Contains($"\"intercept: {why}", StringComparison.Ordinal) && rule.Contains(also, StringComparison.Ordinal));
        Assert.True(index >= 0, $"no rule '{why}' in {table} {chain}:\n{string.Join('\n', rules)}");
        await DeleteAsync(table, chain, index, rules, ipv6);
    }

    /// <summary>Puts a rule of somebody else's first.</summary>
    public Task InsertAsync(RuleTable table, RuleChain chain, bool ipv6 = false) => world.MustInPodAsync(
        backend == CaptureBackend.Nftables
            ? $"nft insert rule {NftChain(table, chain)} tcp dport 7 return"
            : $"{Tool(ipv6)} -t {table.IptablesName()} -I {chain.IptablesName()} 1 -p tcp --dport 7 -j RETURN");

    /// <summary>Moves the first rule to the second place.</summary>
    public async Task SwapAsync(RuleTable table, RuleChain chain, bool ipv6 = false)
    {
        var rules = await ListAsync(table, chain, ipv6);
        if (backend == CaptureBackend.Nftables)
        {
            await world.MustInPodAsync($"nft add rule {NftChain(table, chain)} position {Handle(rules[1])} '{rules[0].Split(" # handle")[0].Trim()}'");
        }
        else
        {
            var specification = rules[0][$"-A {chain.IptablesName()} ".Length..];
            await world.MustInPodAsync($"{Tool(ipv6)} -t {table.IptablesName()} -I {chain.IptablesName()} 3 {specification}");
        }

        await DeleteAsync(table, chain, 0, rules, ipv6);
    }

    private static string NftChain(RuleTable table, RuleChain chain) =>
        $"inet {table.NftablesName()} {(chain.IsBuiltIn() ? chain.IptablesName().ToLowerInvariant() : chain.NftablesName())}";

    private static string Handle(string rule) => Regex.Match(rule, @"# handle (\d+)").Groups[1].Value;

    private Task DeleteAsync(RuleTable table, RuleChain chain, int index, IReadOnlyList<string> rules, bool ipv6) => world.MustInPodAsync(
        backend == CaptureBackend.Nftables
            ? $"nft delete rule {NftChain(table, chain)} handle {Handle(rules[index])}"
            : string.Create(CultureInfo.InvariantCulture, $"{Tool(ipv6)} -t {table.IptablesName()} -D {chain.IptablesName()} {index + 1}"));

    private string Tool(bool ipv6) => $"{(ipv6 ? "ip6tables" : "iptables")}-{(backend == CaptureBackend.IptablesNft ? "nft" : "legacy")}";
}
