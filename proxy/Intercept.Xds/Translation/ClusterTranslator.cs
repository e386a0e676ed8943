using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Tls;
using Intercept.Xds.Resources;
using ClusterProto = Envoy.Config.Cluster.V3.Cluster;
using LbPolicy = Envoy.Config.Cluster.V3.Cluster.Types.LbPolicy;
using LookupFamily = Envoy.Config.Cluster.V3.Cluster.Types.DnsLookupFamily;

namespace Intercept.Xds.Translation;

internal sealed class ClusterTranslator(TranslationScope scope)
{
    // Envoy's defaults.
    private const int DefaultMaximumConnections = 1024;
    private static readonly TimeSpan _defaultConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _defaultDnsRefreshRate = TimeSpan.FromSeconds(5);

    private readonly AddressTranslator _addresses = new(scope);
    private readonly EndpointTranslator _endpoints = new(scope);
    private readonly TlsTranslator _tls = new(scope);

    /// <summary>A cluster of the bootstrap, which has its endpoints in it.</summary>
    public Cluster Translate(ClusterProto cluster, string path)
    {
        var template = ToTemplate(cluster, path);
        if (template.EndpointsName is not null)
        {
            scope.Report($"{path}.type", "EDS", "is for clusters of the control plane: a bootstrap's own have their endpoints in load_assignment", "STATIC, STRICT_DNS, LOGICAL_DNS, ORIGINAL_DST");
        }

        return template.Cluster;
    }

    /// <summary>A cluster without the endpoints that come apart from it.</summary>
    public ClusterTemplate ToTemplate(ClusterProto cluster, string path)
    {
        if (cluster.Name.Length == 0)
        {
            scope.Missing($"{path}.name", "a name");
        }

        var type = (ClusterType)cluster.Type;
        CheckBalancing(cluster, type, path);
        CheckFilters(cluster, $"{path}.filters");
        var matches = ToMatches(cluster, $"{path}.transport_socket_matches");
        var tls = ToTls(cluster.TransportSocket, $"{path}.transport_socket");
        return new ClusterTemplate(ToCluster(cluster, type, matches, tls, path), type == ClusterType.Eds ? ToEndpointsName(cluster, path) : null);
    }

    private Cluster ToCluster(ClusterProto cluster, ClusterType type, ImmutableArray<TransportSocketMatch> matches, UpstreamTls? tls, string path)
    {
        // What connects to the original destination knows no endpoint that could say something: it is decided here.
        var isDecided = type == ClusterType.OriginalDestination && !matches.IsEmpty;
        var decision = isDecided ? matches.FirstOrDefault(match => TransportLabels.None.Meet(match.Criteria)) : null;
        return new Cluster
        {
            Name = cluster.Name,
            Type = type,
            ConnectTimeout = ToPositive(cluster.ConnectTimeout, _defaultConnectTimeout, $"{path}.connect_timeout"),
            Endpoints = ToEndpoints(cluster, type, path),
            Tls = decision is null ? tls : decision.Tls,
            TransportSocketMatches = isDecided ? [] : matches,
            Balancing = ToBalancing(cluster.LbPolicy),
            BindAddresses = _addresses.ToBindAddresses(cluster.UpstreamBindConfig, $"{path}.upstream_bind_config"),
            OriginalDestinationPortOverride = ToPortOverride(cluster, type, $"{path}.original_dst_lb_config"),
            MaximumConnections = ToMaximumConnections(cluster, $"{path}.circuit_breakers"),
            DnsRefreshRate = ToPositive(cluster.DnsRefreshRate, _defaultDnsRefreshRate, $"{path}.dns_refresh_rate"),
            NameFamilies = ToFamilies(cluster.DnsLookupFamily, $"{path}.dns_lookup_family"),
        };
    }

    private void CheckBalancing(ClusterProto cluster, ClusterType type, string path)
    {
        var isOriginal = type == ClusterType.OriginalDestination;
        if (isOriginal != (cluster.LbPolicy == LbPolicy.ClusterProvided)
            || cluster.LbPolicy is not (LbPolicy.ClusterProvided or LbPolicy.RoundRobin or LbPolicy.LeastRequest or LbPolicy.Random))
        {
            scope.Report(
                $"{path}.lb_policy",
                Name(cluster.LbPolicy),
                "is not supported for this type of cluster",
                isOriginal ? "CLUSTER_PROVIDED" : "ROUND_ROBIN, LEAST_REQUEST, RANDOM");
        }

    }

    private AddressFamilies ToFamilies(LookupFamily family, string path)
    {
        switch (family)
        {
            case LookupFamily.Auto:
                return AddressFamilies.Auto;
            case LookupFamily.V4Only:
                return AddressFamilies.V4Only;
            case LookupFamily.V6Only:
                return AddressFamilies.V6Only;
            case LookupFamily.V4Preferred:
                return AddressFamilies.V4Preferred;
            case LookupFamily.All:
                return AddressFamilies.All;
            default:
                scope.Report(path, Name(family), "is not one of the names", "AUTO, V4_ONLY, V6_ONLY, V4_PREFERRED or ALL");
                return default;
        }
    }

    private ImmutableArray<UpstreamEndpoint> ToEndpoints(ClusterProto cluster, ClusterType type, string path)
    {
        var assignmentPath = $"{path}.load_assignment";
        if (type == ClusterType.OriginalDestination)
        {
            if (cluster.LoadAssignment is not null)
            {
                scope.Report(assignmentPath, null, "has no meaning with type ORIGINAL_DST", "no load_assignment");
            }

            return [];
        }

        if (cluster.LoadAssignment is { } assignment)
        {
            if (type == ClusterType.Eds)
            {
                scope.Report(assignmentPath, null, "has no meaning with type EDS", "no load_assignment");
            }

            return _endpoints.Translate(assignment, type, assignmentPath);
        }

        // STATIC without hosts is how Istio writes BlackHoleCluster: a place where every connection ends.
        if (type is not (ClusterType.Static or ClusterType.Eds))
        {
            scope.Missing(assignmentPath, "endpoints");
        }

        return [];
    }

    private string? ToEndpointsName(ClusterProto cluster, string path)
    {
        if (cluster.EdsClusterConfig?.EdsConfig?.ConfigSourceSpecifierCase != ConfigSource.ConfigSourceSpecifierOneofCase.Ads)
        {
            scope.Missing($"{path}.eds_cluster_config.eds_config.ads", "ads: {}");
        }

        return cluster.EdsClusterConfig is { ServiceName.Length: > 0 } config ? config.ServiceName : cluster.Name;
    }

    private ImmutableArray<TransportSocketMatch> ToMatches(ClusterProto cluster, string path)
    {
        var matches = ImmutableArray.CreateBuilder<TransportSocketMatch>(cluster.TransportSocketMatches.Count);
        for (var i = 0; i < cluster.TransportSocketMatches.Count; i++)
        {
            var match = cluster.TransportSocketMatches[i];
            var criteria = TransportLabelTranslator.ToCriteria(match.Match, scope, $"{path}[{i}].match");
            matches.Add(new TransportSocketMatch(match.Name, criteria, ToTls(match.TransportSocket, $"{path}[{i}].transport_socket")));
        }

        return matches.ToImmutable();
    }

    private void CheckFilters(ClusterProto cluster, string path)
    {
        for (var i = 0; i < cluster.Filters.Count; i++)
        {
            IgnoredExtensions.Check(cluster.Filters[i].TypedConfig, ExtensionPlace.UpstreamFilter, scope, $"{path}[{i}]");
        }
    }

    private static BalancingPolicy ToBalancing(LbPolicy policy) => policy switch
    {
        LbPolicy.LeastRequest => BalancingPolicy.LeastRequest,
        LbPolicy.Random => BalancingPolicy.Random,
        _ => BalancingPolicy.RoundRobin,
    };

    private UpstreamTls? ToTls(TransportSocket? socket, string path) =>
        TransportSockets.TryOpen(socket, UpstreamTlsContext.Parser, UpstreamTlsContext.Descriptor, scope, path, out var context)
        && context is not null
            ? _tls.ToUpstream(context, $"{path}.typed_config")
            : null;

    private ushort? ToPortOverride(ClusterProto cluster, ClusterType type, string path)
    {
        if (cluster.OriginalDstLbConfig is not { } config)
        {
            return null;
        }

        if (type != ClusterType.OriginalDestination)
        {
            scope.Report(path, null, "has no meaning with this type of cluster", "type: ORIGINAL_DST");
        }

        if (config.UpstreamPortOverride is 0 or > ushort.MaxValue)
        {
            scope.Report($"{path}.upstream_port_override", $"{config.UpstreamPortOverride}", "is not a port", "a port from 1 to 65535");
            return null;
        }

        return (ushort?)config.UpstreamPortOverride;
    }

    private int ToMaximumConnections(ClusterProto cluster, string path)
    {
        // Thresholds of priority HIGH concern HTTP routes; a TCP connection is always of DEFAULT.
        var thresholds = cluster.CircuitBreakers?.Thresholds.ToList() ?? [];
        var index = thresholds.FindIndex(threshold => threshold.Priority == RoutingPriority.Default);
        if (index < 0 || thresholds[index].MaxConnections is not { } maximum)
        {
            return DefaultMaximumConnections;
        }

        if (maximum == 0)
        {
            scope.Report($"{path}.thresholds[{index}].max_connections", "0", "would refuse every connection", "a number from 1 to 4294967295");
        }

        // Istio writes 4294967295 for "no limit".
        return maximum > int.MaxValue ? 0 : (int)maximum;
    }

    private TimeSpan ToPositive(Google.Protobuf.WellKnownTypes.Duration? duration, TimeSpan whenAbsent, string path)
    {
        var time = Durations.ToTimeSpan(duration, whenAbsent);
        if (time < TimeSpan.FromMilliseconds(1))
        {
            scope.Report(path, $"{time.TotalSeconds}s", "is too short", "at least 0.001s");
        }

        return time;
    }

    private static string Name(LbPolicy policy) => policy switch
    {
        LbPolicy.RoundRobin => "ROUND_ROBIN",
        LbPolicy.LeastRequest => "LEAST_REQUEST",
        LbPolicy.RingHash => "RING_HASH",
        LbPolicy.Random => "RANDOM",
        LbPolicy.Maglev => "MAGLEV",
        LbPolicy.ClusterProvided => "CLUSTER_PROVIDED",
        _ => "LOAD_BALANCING_POLICY_CONFIG",
    };

    private static string Name(LookupFamily family) => family switch
    {
        LookupFamily.V4Only => "V4_ONLY",
        LookupFamily.V6Only => "V6_ONLY",
        LookupFamily.V4Preferred => "V4_PREFERRED",
        LookupFamily.All => "ALL",
        _ => "AUTO",
    };
}
