namespace Intercept.Capture.Verification;

public enum VerificationStatus
{
    /// <summary>A real connection showed it.</summary>
    Proven,

    /// <summary>A real connection, or the comparison of rules, showed the opposite.</summary>
    Failed,

    /// <summary>Nothing could be connected to show it; the rules were compared.</summary>
    RulesOnly,

    /// <summary>The plan does not capture this.</summary>
    NotPlanned,
}
