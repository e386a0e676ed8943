namespace Intercept.Control.Generation.Clusters;

/// <summary>Where a cluster's endpoints come from.</summary>
internal enum ClusterDiscovery
{
    /// <summary>EDS: from us.</summary>
    Endpoints,

    StrictDns,
    LogicalDns,

    /// <summary>To where the application was going.</summary>
    OriginalDestination,
}
