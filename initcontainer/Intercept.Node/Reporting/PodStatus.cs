namespace Intercept.Node.Reporting;

/// <summary>One pod: captured by what, since when, verified when.</summary>
/// <param name="State">captured; drifted, where repair failed or is off; unknown, where its namespace cannot be looked at; uncaptured, where it should be.</param>
/// <param name="Backend">What captures it, as the install recorded; null where that is not known.</param>
/// <param name="Reason">Why it is captured.</param>
/// <param name="Verified">When the kernel was last found to agree with the plan; null where it was not yet.</param>
/// <param name="Repairs">How often drift was repaired, since the agent started.</param>
/// <param name="Problem">What is wrong now; null for nothing.</param>
internal sealed record PodStatus(
    string Namespace,
    string Name,
    string Uid,
    string ContainerId,
    string NetworkNamespace,
    string State,
    string? Backend,
    string Reason,
    DateTimeOffset? Since,
    DateTimeOffset? Verified,
    long Repairs,
    string? Problem)
{
    public const string Captured = "captured";
    public const string Drifted = "drifted";
    public const string Unknown = "unknown";
    public const string Uncaptured = "uncaptured";

    public override string ToString() => Name.Length == 0 ? ContainerId : Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}
