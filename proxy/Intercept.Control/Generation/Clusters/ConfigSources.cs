using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;

namespace Intercept.Control.Generation.Clusters;

/// <summary>From where a proxy takes what a resource only names. Functions, for protobuf messages can be changed.</summary>
internal static class ConfigSources
{
    /// <summary>The stream that the resource itself came on.</summary>
    public static ConfigSource Ads() => new()
    {
        Ads = new AggregatedConfigSource(),
        InitialFetchTimeout = new Duration(),
        ResourceApiVersion = ApiVersion.V3,
    };

    /// <summary>The proxy's own agent, by the name that Istio's bootstrap gives it: keys do not pass through a control plane.</summary>
    public static ConfigSource Agent() => new()
    {
        ApiConfigSource = new ApiConfigSource
        {
            ApiType = ApiConfigSource.Types.ApiType.Grpc,
            SetNodeOnFirstMessageOnly = true,
            TransportApiVersion = ApiVersion.V3,
            GrpcServices = { new GrpcService { EnvoyGrpc = new GrpcService.Types.EnvoyGrpc { ClusterName = "sds-grpc" } } },
        },
        InitialFetchTimeout = new Duration(),
        ResourceApiVersion = ApiVersion.V3,
    };
}
