namespace Intercept.Control.Serving.Sessions;

/// <summary>What one stream may ask for, so that no proxy can take the control plane's memory.</summary>
internal sealed record SessionLimits
{
    /// <summary>Names of one type: subscriptions, and versions that a proxy says it has.</summary>
    public int NamesOfAType { get; init; } = 100_000;

    /// <summary>Characters of a name. Host names end at 253, and a cluster's name has a few words more.</summary>
    public int NameLength { get; init; } = 1024;

    /// <summary>Characters of a rejection that are kept.</summary>
    public int ReasonLength { get; init; } = 4096;
}
