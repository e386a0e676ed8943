using Intercept.Capture.Planning;
using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Capture.Lifecycle;

public sealed class VerifyRemovedRuleTests
{
    /// <summary>One way each to recognise what a rule is for, so that no second rule does the work of a removed one.</summary>
    private static readonly string[] _arguments = ["-i", "*", "-b", "*", "-u", "1337", "-g", "4000", "--redirect-dns"];

    public static TheoryData<CaptureBackend> Backends => CaptureBackends.All;

    public static TheoryData<CaptureBackend, VerifiedRule> Removals
    {
        get
        {
            var removals = new TheoryData<CaptureBackend, VerifiedRule>();
            foreach (var backend in Enum.GetValues<CaptureBackend>())
            {
                foreach (var rule in Enum.GetValues<VerifiedRule>())
                {
                    removals.Add(backend, rule);
                }
            }

            return removals;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Removals))]
    public async Task A_removed_rule_is_named_for_the_connection_that_misses_it(CaptureBackend backend, VerifiedRule rule)
    {
        await using var scene = await CaptureScene.OpenAsync(backend, proxy: false);
        await scene.InstallAsync(_arguments);
        foreach (var ipv6 in new[] { false, true })
        {
            var (chain, why, also, check) = rule.Describe(ipv6);
            var family = ipv6 ? "IPv6" : "IPv4";
            await scene.Rules.DeleteAsync(RuleTable.Nat, chain, why, ipv6, also);
            var verified = await VerifyAsync(scene);
            Assert.Equal(95, verified.ExitCode);
            var lines = verified.Output.Split('\n').ToList();
            var failed = lines.FindIndex(line => line.StartsWith($"FAILED      {check} {family}", StringComparison.Ordinal));
            Assert.True(failed >= 0, $"{check} {family} did not fail:\n{verified.Said}");
            Assert.StartsWith($"            rule: nat: -A {chain.IptablesName()} ", lines[failed + 1], StringComparison.Ordinal);
            Assert.Contains($"\"intercept: {why}", lines[failed + 1], StringComparison.Ordinal);
            await scene.InstallAsync(_arguments);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Backends))]
    public async Task A_removed_jump_is_named_for_every_connection_that_misses_it(CaptureBackend backend)
    {
        await using var scene = await CaptureScene.OpenAsync(backend, proxy: false);
        await scene.InstallAsync(_arguments);
        await scene.Rules.DeleteAsync(RuleTable.Nat, RuleChain.Output, "outbound capture");
        var verified = await VerifyAsync(scene);
        Assert.Equal(95, verified.ExitCode);
        var lines = verified.Output.Split('\n').ToList();
        foreach (var check in new[] { "outbound", "self-call by service address", "DNS over UDP" })
        {
            var failed = lines.FindIndex(line => line.StartsWith($"FAILED      {check} IPv4", StringComparison.Ordinal));
            Assert.True(failed >= 0, $"{check} did not fail:\n{verified.Said}");
            Assert.StartsWith("            rule: nat: -A OUTPUT ", lines[failed + 1], StringComparison.Ordinal);
        }
    }

    private static Task<Finished> VerifyAsync(CaptureScene scene) => scene.World.InitAsync(["verify", .. _arguments, .. scene.Backend.Flags(), "--probe-timeout", "1s"]);
}
