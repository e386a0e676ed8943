using Intercept.Capture.Execution;

namespace Intercept.Tests.Unit.Capture;

public sealed class IptablesResidueTests
{
    [Fact]
    public void A_table_that_was_made_for_us_and_holds_nothing_goes_as_a_whole()
    {
        var current = SavedRules.Parse("*nat\n:OUTPUT ACCEPT [0:0]\n:INTERCEPT_MADE_TABLE - [0:0]\n:INTERCEPT_MADE_OUTPUT - [0:0]\nCOMMIT\n");
        Assert.Equal(("nat", ""), Describe(IptablesResidue.Of(current, SavedRules.Empty, canDeleteTables: true)));
        Assert.Equal(
            ("", "*nat\n-X OUTPUT\n-X INTERCEPT_MADE_OUTPUT\n-X INTERCEPT_MADE_TABLE\nCOMMIT\n"),
            Describe(IptablesResidue.Of(current, SavedRules.Empty, canDeleteTables: false)));
    }

    [Fact]
    public void In_a_table_of_somebody_else_only_the_chain_that_was_made_for_us_goes()
    {
        var current = SavedRules.Parse(
            "*mangle\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:INTERCEPT_MADE_OUTPUT - [0:0]\n-A PREROUTING -j ACCEPT\nCOMMIT\n");
        Assert.Equal(
            ("", "*mangle\n-X OUTPUT\n-X INTERCEPT_MADE_OUTPUT\nCOMMIT\n"), Describe(IptablesResidue.Of(current, SavedRules.Empty, canDeleteTables: true)));
    }

    [Theory]
    [InlineData(":OUTPUT ACCEPT [0:0]", "-A OUTPUT -j ACCEPT\n")]
    [InlineData(":OUTPUT DROP [0:0]", "")]
    public void What_somebody_uses_by_now_stays_and_only_the_marks_go(string declaration, string rules)
    {
        var current = SavedRules.Parse($"*nat\n{declaration}\n:INTERCEPT_MADE_TABLE - [0:0]\n:INTERCEPT_MADE_OUTPUT - [0:0]\n{rules}COMMIT\n");
        Assert.Equal(
            ("", "*nat\n-X INTERCEPT_MADE_OUTPUT\n-X INTERCEPT_MADE_TABLE\nCOMMIT\n"),
            Describe(IptablesResidue.Of(current, SavedRules.Empty, canDeleteTables: true)));
    }

    [Fact]
    public void What_the_plan_still_needs_is_no_residue()
    {
        var wanted = SavedRules.Parse("*nat\n:OUTPUT ACCEPT\n:INTERCEPT_OUTPUT -\n-A OUTPUT -j INTERCEPT_OUTPUT\nCOMMIT\n");
        var current = SavedRules.Parse(
            "*nat\n:OUTPUT ACCEPT\n:INTERCEPT_MADE_TABLE -\n:INTERCEPT_MADE_OUTPUT -\n:INTERCEPT_OUTPUT -\n-A OUTPUT -j INTERCEPT_OUTPUT\nCOMMIT\n");
        Assert.Equal(("", ""), Describe(IptablesResidue.Of(current, wanted, canDeleteTables: true)));
    }

    private static (string Tables, string Chains) Describe(IptablesResidue residue) => (string.Join(',', residue.Tables), residue.Chains);
}
