namespace Intercept.Xds.Discovery;

/// <summary>The gRPC service that is called: all have the same requests and responses.</summary>
internal enum DiscoveryService
{
    /// <summary>AggregatedDiscoveryService: every type on one stream.</summary>
    Aggregated,

    /// <summary>SecretDiscoveryService: an agent on the same host.</summary>
    Secret,
}
