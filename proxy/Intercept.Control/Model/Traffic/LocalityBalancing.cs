namespace Intercept.Control.Model.Traffic;

/// <summary>At most one of the three lists is given.</summary>
internal sealed record LocalityBalancing(
    bool? Enabled, ValueList<LocalityDistribution> Distribute, ValueList<LocalityFailover> Failover, ValueList<string> FailoverPriority);
