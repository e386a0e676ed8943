namespace Intercept.Control.Model.Traffic;

/// <param name="H2UpgradePolicy">DEFAULT, UPGRADE or DO_NOT_UPGRADE.</param>
internal sealed record HttpPool(
    uint? Http1MaxPendingRequests,
    uint? Http2MaxRequests,
    uint? MaxRequestsPerConnection,
    uint? MaxRetries,
    TimeSpan? IdleTimeout,
    string? H2UpgradePolicy,
    bool UseClientProtocol,
    uint? MaxConcurrentStreams);
