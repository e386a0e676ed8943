using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Intercept.Xds.Discovery;
using DiscoveryType = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType;
using LbPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;

namespace Intercept.Control.Generation.Clusters;

/// <summary>The clusters that every sidecar has.</summary>
internal static class FixedClusters
{
    // What connections to the application come from, so that capture lets them pass.
    private const string InboundSource = "127.0.0.6";
    private const string InboundSourceIPv6 = "::6";

    /// <summary>Where connections end that nothing is meant for.</summary>
    public static GeneratedResource BlackHole { get; } = Pack(Limited(new Cluster { Name = ResourceNames.BlackHole, Type = DiscoveryType.Static }));

    /// <summary>To where the application was going, as it is.</summary>
    public static GeneratedResource Passthrough { get; } = Pack(OriginalDestination(ResourceNames.Passthrough));

    public static GeneratedResource InboundPassthrough { get; } = Pack(Inbound(ResourceNames.InboundPassthrough));

    /// <summary>To the application beside the proxy, at the address that was connected to.</summary>
    public static Cluster Inbound(string name)
    {
        var cluster = OriginalDestination(name);
        cluster.UpstreamBindConfig = new BindConfig
        {
            SourceAddress = Addresses.Socket(InboundSource, 0),
            ExtraSourceAddresses = { new ExtraSourceAddress { Address = Addresses.Socket(InboundSourceIPv6, 0) } },
        };
        return cluster;
    }

    private static Cluster OriginalDestination(string name) => Limited(new Cluster
    {
        Name = name,
        Type = DiscoveryType.OriginalDst,
        LbPolicy = LbPolicy.ClusterProvided,
    });

    private static Cluster Limited(Cluster cluster)
    {
        ConnectionLimits.Apply(cluster, null, null);
        return cluster;
    }

    private static GeneratedResource Pack(Cluster cluster) => GeneratedResource.Of(ResourceType.Cluster, cluster.Name, cluster);
}
