using System.IO.Enumeration;
using Intercept.Capture.Planning;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Unit.Capture;

public sealed class CaptureCaseTests
{
    public static TheoryData<string> Names => new(CaptureCases.All.Select(candidate => candidate.Name));

    [Fact]
    public void There_are_sixty_configurations_by_twenty_flows()
    {
        Assert.True(CaptureCases.All.Length >= 60);
        Assert.True(FlowCases.All.Length >= 20);
        Assert.Equal(CaptureCases.All.Length, CaptureCases.All.Select(candidate => candidate.Name).Distinct().Count());
        Assert.Equal(FlowCases.All.Length, FlowCases.All.Select(flow => flow.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_line_of_a_case_concerns_some_flow(string name) =>
        Assert.Empty(CaptureCases.Named(name).Patterns.Where(
            pattern => !FlowCases.All.Any(flow => FileSystemName.MatchesSimpleExpression(pattern, flow.Name, ignoreCase: false))));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_model_does_what_the_case_says(string name)
    {
        var capture = CaptureCases.Named(name);
        var plan = CasePlans.Of(capture);
        Assert.Empty(FlowCases.All.Select(flow => Compare(capture, plan, flow)).OfType<string>());
    }

    [Fact]
    public void What_is_captured_or_dropped_names_its_rule()
    {
        foreach (var capture in CaptureCases.All)
        {
            var plan = CasePlans.Of(capture);
            foreach (var explanation in FlowCases.All.Select(flow => plan.Explain(flow.ToFlow())))
            {
                Assert.True(explanation.Outcome == FlowOutcome.Passed || explanation.RuleIndex >= 0);
                Assert.True(explanation.RuleIndex < 0 || explanation.Path.Contains(explanation.RuleIndex));
            }
        }
    }

    private static string? Compare(CaptureCase capture, CapturePlan plan, FlowCase flow)
    {
        var expected = capture.Expected(flow);
        var explanation = plan.Explain(flow.ToFlow());
        var outcome = expected switch
        {
            CaseOutcome.Passed or CaseOutcome.Counted => FlowOutcome.Passed,
            CaseOutcome.Refused => FlowOutcome.Refused,
            CaseOutcome.Dropped => FlowOutcome.Dropped,
            _ => FlowOutcome.Captured,
        };
        var counted = explanation.RuleIndex >= 0 && plan.Rules[explanation.RuleIndex].Chain == RuleChain.InterceptUdp;
        if (explanation.Outcome == outcome && explanation.Port == capture.PortOf(expected)
            && counted == (expected is CaseOutcome.Refused or CaseOutcome.Counted))
        {
            return null;
        }

        var rule = explanation.RuleIndex < 0 ? "no rule" : plan.Rules[explanation.RuleIndex].Comment;
        return $"{flow.Name}: expected {expected}, got {explanation.Outcome} {explanation.Port} by {rule}";
    }
}
