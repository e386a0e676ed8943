namespace Intercept.Control.Model.Traffic;

/// <summary>What is null has Istio's default; a count of 0 turns its kind off.</summary>
internal sealed record OutlierDetection
{
    public uint? Consecutive5xxErrors { get; init; }

    public uint? ConsecutiveGatewayErrors { get; init; }

    public bool SplitExternalLocalOriginErrors { get; init; }

    public uint? ConsecutiveLocalOriginFailures { get; init; }

    public TimeSpan? Interval { get; init; }

    public TimeSpan? BaseEjectionTime { get; init; }

    public int? MaxEjectionPercent { get; init; }

    public int? MinHealthPercent { get; init; }
}
