namespace Intercept.Capture.Planning;

/// <summary>The kernel's two hooks and the chains of our own. A chain exists only in the tables in which the plan has rules for it.</summary>
public enum RuleChain
{
    Prerouting,
    Output,
    InterceptPrerouting,
    InterceptInbound,
    InterceptDivert,
    InterceptVirtual,
    InterceptOutput,
    InterceptProxy,
    InterceptApplication,
    InterceptDns,
    InterceptOutbound,
    InterceptUdp,
}
