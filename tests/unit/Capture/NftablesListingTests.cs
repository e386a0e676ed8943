using Intercept.Capture.Execution;
using Intercept.Capture.Nftables;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Unit.Capture;

public sealed class NftablesListingTests
{
    private const string Chain = "table inet intercept_nat {\n\tchain intercept_output {\n";

    public static TheoryData<string> Names => new(CaptureCases.All.Select(candidate => candidate.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_plan_writes_is_read_back_without_drift(string name)
    {
        var script = NftablesText.Script(CasePlans.Of(CaptureCases.Named(name)));
        var (installed, wanted) = (NftablesListing.Parse(script), NftablesListing.Parse(script));

        Assert.NotEmpty(installed.Tables);
        Assert.Empty(installed.DriftFrom(wanted));
        Assert.NotEmpty(NftablesListing.Parse("").DriftFrom(wanted));
    }

    [Fact]
    public void Foreign_tables_are_not_looked_at() =>
        Assert.Empty(NftablesListing.Parse("table inet filter {\n\tchain input {\n\t\ttcp dport 22 accept\n\t}\n}\n").DriftFrom(NftablesListing.Parse("")));

    [Theory]
    [InlineData("meta mark 0x00000539 accept", "meta mark 1337 accept")]
    [InlineData("ct state established,related accept", "ct state related,established accept")]
    [InlineData("type nat hook output priority -101; policy accept;", "type nat hook output priority -101;  policy accept;")]
    [InlineData("# a comment of nft's own\n\t\taccept", "accept")]
    public void What_one_nft_prints_differently_from_another_is_no_drift(string one, string other) => Assert.Empty(
        NftablesListing.Parse($"{Chain}\t\t{one}\n\t}}\n}}\n").DriftFrom(NftablesListing.Parse($"{Chain}\t\t{other}\n\t}}\n}}\n")));

    [Theory]
    [InlineData("accept comment \"0x10, b,a; c\"", "accept comment \"16, a,b c\"")]
    [InlineData("tcp dport 80 accept", "tcp dport 81 accept")]
    [InlineData("meta mark 0x1 accept", "meta mark 2 accept")]
    public void What_differs_is_drift_comments_included(string one, string other) => Assert.Equal(
        [$"intercept_nat intercept_output: missing: {other}", $"intercept_nat intercept_output: not in the plan: {one.Replace("0x1 ", "1 ", StringComparison.Ordinal)}"],
        NftablesListing.Parse($"{Chain}\t\t{one}\n\t}}\n}}\n").DriftFrom(NftablesListing.Parse($"{Chain}\t\t{other}\n\t}}\n}}\n")));

    [Fact]
    public void A_missing_a_foreign_a_repeated_and_a_misplaced_rule_are_told_apart()
    {
        Assert.Equal("intercept_nat intercept_output: missing: b", Drift("a\n", "a\nb\n"));
        Assert.Equal("intercept_nat intercept_output: not in the plan: c", Drift("a\nc\n", "a\n"));
        Assert.Equal("intercept_nat intercept_output: not in the plan: a", Drift("a\na\n", "a\n"));
        Assert.Equal("intercept_nat intercept_output: out of order: rule 0 is b, the plan has a", Drift("b\na\n", "a\nb\n"));

        static string Drift(string have, string want) =>
            Assert.Single(NftablesListing.Parse($"{Chain}{have}}}\n}}\n").DriftFrom(NftablesListing.Parse($"{Chain}{want}}}\n}}\n")));
    }

    [Fact]
    public void Chains_are_told_apart_by_their_tables()
    {
        var have = NftablesListing.Parse("table inet intercept_raw {\n\tchain intercept_output {\n\t}\n}\n");

        Assert.Equal(
            ["intercept_nat intercept_output: the chain is missing", "intercept_raw intercept_output: a chain that the plan does not have"],
            have.DriftFrom(NftablesListing.Parse($"{Chain}\t}}\n}}\n")));
    }
}
