using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Core.Addressing;
using Intercept.Xds.Transport;
using ApiType = Envoy.Config.Core.V3.ApiConfigSource.Types.ApiType;
using ClusterProto = Envoy.Config.Cluster.V3.Cluster;
using SanType = Envoy.Extensions.TransportSockets.Tls.V3.SubjectAltNameMatcher.Types.SanType;

namespace Intercept.Xds.Translation;

/// <summary>dynamic_resources, and the static cluster that leads to the control plane: no connection of the mesh uses that one.</summary>
internal sealed class ControlPlaneTranslator(TranslationScope scope)
{
    private const string Ads = "dynamic_resources.ads_config";

    /// <summary>
    /// Whether a static cluster serves the proxy itself: that of the control plane, and those behind Unix sockets, where
    /// agents are asked for secrets.
    /// </summary>
    public static bool IsForProxy(ClusterProto cluster, Bootstrap bootstrap) =>
        cluster.Name == ClusterName(bootstrap)
        || (HostsOf(cluster) is { Count: > 0 } hosts && hosts.All(host => host.Endpoint?.Address?.AddressCase == Address.AddressOneofCase.Pipe));

    /// <returns>Null when the bootstrap names no control plane, and when it cannot be used; that is reported.</returns>
    public ControlPlaneOptions? Translate(Bootstrap bootstrap)
    {
        if (bootstrap.DynamicResources is not { } dynamic)
        {
            return null;
        }

        CheckSource(dynamic.LdsConfig, "dynamic_resources.lds_config");
        CheckSource(dynamic.CdsConfig, "dynamic_resources.cds_config");
        if (dynamic.AdsConfig is not { } ads)
        {
            scope.Missing(Ads, "api_type, and grpc_services with the cluster of the control plane");
            return null;
        }

        if (ads.ApiType is not (ApiType.Grpc or ApiType.DeltaGrpc))
        {
            scope.Report($"{Ads}.api_type", $"{(int)ads.ApiType}", "is not supported", "DELTA_GRPC or GRPC");
        }

        return FindCluster(bootstrap, ads) is var (cluster, path)
            ? ToOptions(bootstrap, ads, cluster, path, Durations.ToTimeSpan(dynamic.LdsConfig?.InitialFetchTimeout, ControlPlaneOptions.DefaultInitialFetchTimeout))
            : null;
    }

    private static string? ClusterName(Bootstrap bootstrap) => bootstrap.DynamicResources?.AdsConfig?.GrpcServices is [{ EnvoyGrpc: { } service }, ..] ? service.ClusterName : null;

    private static List<LbEndpoint> HostsOf(ClusterProto cluster) => [.. cluster.LoadAssignment?.Endpoints.SelectMany(locality => locality.LbEndpoints) ?? []];

    private void CheckSource(ConfigSource? source, string path)
    {
        if (source?.ConfigSourceSpecifierCase != ConfigSource.ConfigSourceSpecifierOneofCase.Ads)
        {
            scope.Missing($"{path}.ads", "ads: {}");
        }
    }

    private (ClusterProto Cluster, string Path)? FindCluster(Bootstrap bootstrap, ApiConfigSource ads)
    {
        const string Services = $"{Ads}.grpc_services";
        if (ads.GrpcServices.Count != 1 || ads.GrpcServices[0].EnvoyGrpc is not { } service)
        {
            scope.Report(Services, ads.GrpcServices.Count == 1 ? null : $"{ads.GrpcServices.Count} services", "is not one cluster", "one envoy_grpc with the cluster_name of a static cluster");
            return null;
        }

        var clusters = bootstrap.StaticResources?.Clusters.ToList() ?? [];
        var index = clusters.FindIndex(cluster => cluster.Name == service.ClusterName);
        if (index >= 0)
        {
            return (clusters[index], $"static_resources.clusters[{index}]");
        }

        scope.Report($"{Services}[0].envoy_grpc.cluster_name", service.ClusterName, "is not a cluster of this configuration", "the name of a cluster in static_resources.clusters");
        return null;
    }

    private ControlPlaneOptions? ToOptions(Bootstrap bootstrap, ApiConfigSource ads, ClusterProto cluster, string path, TimeSpan initialFetchTimeout)
    {
        var node = bootstrap.Node ?? new Node();
        if (node.Id.Length == 0)
        {
            scope.Missing("node.id", "who this proxy is: the control plane decides by it what to send");
        }

        if (ToAddress(cluster, $"{path}.load_assignment") is not { } address)
        {
            return null;
        }

        var (trust, serverName) = ToTrust(cluster, address, $"{path}.transport_socket");
        return new ControlPlaneOptions
        {
            Address = $"{address}",
            TrustPath = trust,
            ServerName = serverName,
            Delta = ads.ApiType == ApiType.DeltaGrpc,
            InitialFetchTimeout = initialFetchTimeout,
            Node = new ControlPlaneNode(
                node.Id, node.Cluster, StructJson.Write(node.Metadata), new NodeLocality(node.Locality?.Region, node.Locality?.Zone, node.Locality?.SubZone)),
        };
    }

    private ServerAddress? ToAddress(ClusterProto cluster, string path)
    {
        var hosts = HostsOf(cluster);
        if (hosts.Count != 1)
        {
            scope.Report($"{path}.endpoints", $"{hosts.Count} endpoints", "are not one control plane", "exactly one endpoint");
            return null;
        }

        var addressPath = $"{path}.endpoints[0].lb_endpoints[0].endpoint.address";
        var address = hosts[0].Endpoint?.Address;
        var text = address?.AddressCase switch
        {
            Address.AddressOneofCase.Pipe => $"unix:{address.Pipe.Path}",
            Address.AddressOneofCase.SocketAddress when NetAddress.TryParse(address.SocketAddress.Address, out var host) =>
                $"{new NetEndpoint(host, (ushort)Math.Min(address.SocketAddress.PortValue, ushort.MaxValue))}",
            Address.AddressOneofCase.SocketAddress => $"{address.SocketAddress.Address}:{address.SocketAddress.PortValue}",
            _ => "",
        };
        if (ServerAddress.TryParse(text) is { } server)
        {
            return server;
        }

        scope.Report(addressPath, text.Length == 0 ? null : text, "is not where a server can be", ServerAddress.Form);
        return null;
    }

    private (string? Trust, string? ServerName) ToTrust(ClusterProto cluster, ServerAddress address, string path)
    {
        if (!TransportSockets.TryOpen(cluster.TransportSocket, UpstreamTlsContext.Parser, UpstreamTlsContext.Descriptor, scope, path, out var context))
        {
            return (null, null);
        }

        if (context is null)
        {
            // Whoever could change what arrives could change where every connection goes.
            if (!address.IsUnixSocket && address.Host != "localhost" && !(NetAddress.TryParse(address.Host, out var host) && host.IsLoopback))
            {
                scope.Report(path, null, "is missing: policy would cross the network in the clear", "a TLS context with a trusted_ca, or an address of this host");
            }

            return (null, null);
        }

        var commonPath = $"{path}.typed_config.common_tls_context";
        if (context.CommonTlsContext is not { ValidationContextTypeCase: CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext } common)
        {
            scope.Report($"{commonPath}.validation_context", null, "is missing: any server would be believed", "a validation_context with a trusted_ca");
            return (null, null);
        }

        if (common.TlsCertificates.Count > 0 || common.TlsCertificateSdsSecretConfigs.Count > 0)
        {
            scope.Report($"{commonPath}.tls_certificates", null, "are not shown to a control plane: it knows the proxy by its token", "no certificate");
        }

        var trust = new DataFileTranslator(scope).Translate(common.ValidationContext.TrustedCa, $"{commonPath}.validation_context.trusted_ca");
        var name = ToName(common.ValidationContext, $"{commonPath}.validation_context");
        return (trust, name ?? (context.Sni.Length > 0 ? context.Sni : null));
    }

    // A control plane is not of the mesh: it is known by a DNS name.
    private string? ToName(CertificateValidationContext validation, string path)
    {
        var given = validation.MatchTypedSubjectAltNames;
        if (given.Count == 0 && validation.MatchSubjectAltNames.Count == 0)
        {
            return null;
        }

        if (given is [{ SanType: SanType.Dns, Matcher: { Exact.Length: > 0 } matcher }] && validation.MatchSubjectAltNames.Count == 0)
        {
            return matcher.Exact;
        }

        scope.Report($"{path}.match_typed_subject_alt_names", null, "is not the one name of a server", "one matcher of san_type DNS with exact");
        return null;
    }
}
