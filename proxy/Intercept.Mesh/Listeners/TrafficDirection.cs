namespace Intercept.Mesh.Listeners;

/// <summary>envoy.config.core.v3.TrafficDirection.</summary>
public enum TrafficDirection : byte
{
    Unspecified = 0,
    Inbound = 1,
    Outbound = 2,
}
