namespace Intercept.Xds;

/// <summary>envoy.config.core.v3.Locality: where the node runs. Null or empty where it is not known.</summary>
public readonly record struct NodeLocality(string? Region, string? Zone, string? SubZone);
