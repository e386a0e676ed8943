namespace Intercept.Capture.Planning;

/// <summary>In the order in which a packet meets them.</summary>
public enum RuleTable
{
    Raw,
    Mangle,
    Nat,
    Filter,
}
