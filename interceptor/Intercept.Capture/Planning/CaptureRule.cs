namespace Intercept.Capture.Planning;

/// <summary>One rule. <paramref name="Comment"/> says what it is for, and stands in the kernel beside it.</summary>
public sealed record CaptureRule(
    RuleTable Table, RuleChain Chain, RuleFamily Family, RuleMatch Match, RuleAction Action, string Comment)
{
    public bool AppliesTo(bool ipv6) => Family == RuleFamily.Both || (Family == RuleFamily.IPv6) == ipv6;
}
