using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model.Services;
using Intercept.Control.Model.Traffic;
using HttpOptionsProto = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace Intercept.Control.Generation.Clusters;

/// <summary>Which HTTP a cluster's endpoints are spoken to in.</summary>
internal static class HttpOptions
{
    private const string Key = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    public static void Apply(Cluster cluster, PortProtocol protocol, HttpPool? pool)
    {
        var options = new HttpOptionsProto { CommonHttpProtocolOptions = ToCommon(pool) };
        var http2 = new Http2ProtocolOptions { MaxConcurrentStreams = pool?.MaxConcurrentStreams };
        if (protocol is PortProtocol.Http2 or PortProtocol.Grpc || pool?.H2UpgradePolicy == "UPGRADE")
        {
            options.ExplicitHttpConfig = new HttpOptionsProto.Types.ExplicitHttpConfig { Http2ProtocolOptions = http2 };
        }
        else if (protocol == PortProtocol.Auto || pool?.UseClientProtocol == true)
        {
            options.UseDownstreamProtocolConfig = new HttpOptionsProto.Types.UseDownstreamHttpConfig
            {
                HttpProtocolOptions = new Http1ProtocolOptions(),
                Http2ProtocolOptions = http2,
            };
        }
        else if (options.CommonHttpProtocolOptions is not null)
        {
            options.ExplicitHttpConfig = new HttpOptionsProto.Types.ExplicitHttpConfig { HttpProtocolOptions = new Http1ProtocolOptions() };
        }
        else
        {
            return;
        }

        cluster.TypedExtensionProtocolOptions.Add(Key, options.Packed());
    }

    private static HttpProtocolOptions? ToCommon(HttpPool? pool) => pool?.IdleTimeout is null && pool?.MaxRequestsPerConnection is null
        ? null
        : new HttpProtocolOptions
        {
            IdleTimeout = pool.IdleTimeout is { } idle ? Duration.FromTimeSpan(idle) : null,
            MaxRequestsPerConnection = pool.MaxRequestsPerConnection,
        };
}
