namespace Intercept.Xds;

/// <summary>The responses of one discovery service, and those of them that were refused in part or whole.</summary>
/// <param name="Service">cds, eds, lds, rds or sds.</param>
public readonly record struct DiscoveryCount(string Service, long Responses, long Refusals);
