using System.Collections.Immutable;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Intercept.Core.Problems;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;
using Intercept.Mesh.Tls;
using FilterChainProto = Envoy.Config.Listener.V3.FilterChain;
using MatchProto = Envoy.Config.Listener.V3.FilterChainMatch;
using NetworkRbacProto = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;
using TcpProxyProto = Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy;

namespace Intercept.Xds.Translation;

/// <param name="clusters">Which may be named; null lets any be named.</param>
internal sealed class FilterChainTranslator(TranslationScope scope, IReadOnlySet<string>? clusters)
{
    // Envoy has no limit here by default. A peer that connects and says nothing must not hold a connection for ever.
    private static readonly TimeSpan _defaultTransportSocketConnectTimeout = TimeSpan.FromSeconds(10);

    // Envoy's default.
    private static readonly TimeSpan _defaultIdleTimeout = TimeSpan.FromHours(1);

    private readonly AddressTranslator _addresses = new(scope);
    private readonly RbacTranslator _rbac = new(scope);
    private readonly TlsTranslator _tls = new(scope);

    /// <returns>Null when the chain has no usable end; reported.</returns>
    public FilterChain? Translate(FilterChainProto chain, string defaultName, string path)
    {
        var match = ToMatch(chain.FilterChainMatch, $"{path}.filter_chain_match");
        var tls = ToTls(chain, $"{path}.transport_socket");
        if (tls is not null && match.Transport == DetectedTransport.RawBuffer)
        {
            scope.Report($"{path}.filter_chain_match.transport_protocol", "raw_buffer", "leaves plaintext to a chain that speaks TLS", "tls");
        }

        var (rbac, proxy) = ToFilters(chain, path);
        return proxy is null ? null : new FilterChain
        {
            Name = chain.Name.Length == 0 ? defaultName : chain.Name,
            Match = match,
            Tls = tls,
            TransportSocketConnectTimeout = Durations.ToTimeSpan(chain.TransportSocketConnectTimeout, _defaultTransportSocketConnectTimeout),
            Rbac = rbac,
            Proxy = proxy,
        };
    }

    private DownstreamTls? ToTls(FilterChainProto chain, string path) =>
        TransportSockets.TryOpen(chain.TransportSocket, DownstreamTlsContext.Parser, DownstreamTlsContext.Descriptor, scope, path, out var context)
        && context is not null
            ? _tls.ToDownstream(context, $"{path}.typed_config")
            : null;

    private (ImmutableArray<NetworkRbac> Rbac, TcpProxy? Proxy) ToFilters(FilterChainProto chain, string path)
    {
        var rbac = ImmutableArray.CreateBuilder<NetworkRbac>();
        TcpProxy? proxy = null;
        var ended = false;
        for (var i = 0; i < chain.Filters.Count; i++)
        {
            var filterPath = $"{path}.filters[{i}]";
            var configPath = $"{filterPath}.typed_config";
            var config = chain.Filters[i].TypedConfig;
            if (ended)
            {
                scope.Report(filterPath, chain.Filters[i].Name, "stands behind tcp_proxy and would never be reached", "tcp_proxy last");
            }
            else if (config is null)
            {
                scope.Missing(configPath, "a network RBAC or tcp_proxy");
            }
            else if (config.Is(NetworkRbacProto.Descriptor))
            {
                if (_rbac.Translate(NetworkRbacProto.Parser.ParseFrom(config.Value), configPath) is { } filter)
                {
                    rbac.Add(filter);
                }
            }
            else if (config.Is(TcpProxyProto.Descriptor))
            {
                ended = true;
                proxy = ToProxy(TcpProxyProto.Parser.ParseFrom(config.Value), configPath);
            }
            else if (!IgnoredExtensions.TryIgnore(config, ExtensionPlace.NetworkFilter, scope, configPath))
            {
                scope.Report($"{configPath}.@type", config.TypeUrl, "is not a network filter", $"{NetworkRbacProto.Descriptor.FullName}, {TcpProxyProto.Descriptor.FullName}");
            }
        }

        if (!ended)
        {
            scope.Report($"{path}.filters", null, "do not end with a tcp_proxy", "network RBAC filters, then one tcp_proxy");
        }

        return (rbac.ToImmutable(), proxy);
    }

    private TcpProxy? ToProxy(TcpProxyProto proxy, string path)
    {
        if (proxy.StatPrefix.Length == 0)
        {
            scope.Missing($"{path}.stat_prefix", "text");
        }

        var targets = ImmutableArray.CreateBuilder<WeightedCluster>();
        switch (proxy.ClusterSpecifierCase)
        {
            case TcpProxyProto.ClusterSpecifierOneofCase.Cluster:
                CheckCluster(proxy.Cluster, $"{path}.cluster");
                targets.Add(new WeightedCluster(proxy.Cluster, 1));
                break;
            case TcpProxyProto.ClusterSpecifierOneofCase.WeightedClusters:
                AddWeighted(proxy.WeightedClusters, $"{path}.weighted_clusters.clusters", targets);
                break;
            default:
                scope.Missing($"{path}.cluster", "cluster or weighted_clusters");
                return null;
        }

        return new TcpProxy
        {
            Clusters = targets.ToImmutable(),
            StatPrefix = proxy.StatPrefix,
            IdleTimeout = Durations.ToTimeSpan(proxy.IdleTimeout, _defaultIdleTimeout),
        };
    }

    private void AddWeighted(TcpProxyProto.Types.WeightedCluster weighted, string path, ImmutableArray<WeightedCluster>.Builder targets)
    {
        if (weighted.Clusters.Count == 0)
        {
            scope.Missing(path, "at least one cluster");
        }

        for (var i = 0; i < weighted.Clusters.Count; i++)
        {
            var target = weighted.Clusters[i];
            CheckCluster(target.Name, $"{path}[{i}].name");
            if (target.Weight == 0)
            {
                scope.Report($"{path}[{i}].weight", "0", "is not a weight", "a number from 1 to 4294967295");
            }

            targets.Add(new WeightedCluster(target.Name, target.Weight));
        }
    }

    private void CheckCluster(string name, string path)
    {
        if (clusters is not null && !clusters.Contains(name))
        {
            var hint = NearestName.Find(name, clusters) is { } nearest ? $"; did you mean '{nearest}'?" : "";
            scope.Report(path, name, $"is not a cluster of this configuration{hint}", "the name of a cluster in static_resources.clusters");
        }
    }

    private FilterChainMatch ToMatch(MatchProto? match, string path)
    {
        if (match is null)
        {
            return FilterChainMatch.Any;
        }

        if (match.DestinationPort is 0 or > ushort.MaxValue)
        {
            scope.Report($"{path}.destination_port", $"{match.DestinationPort}", "is not a port", "a port from 1 to 65535");
        }

        for (var i = 0; i < match.SourcePorts.Count; i++)
        {
            if (match.SourcePorts[i] is 0 or > ushort.MaxValue)
            {
                scope.Report($"{path}.source_ports[{i}]", $"{match.SourcePorts[i]}", "is not a port", "a port from 1 to 65535");
            }
        }

        for (var i = 0; i < match.ServerNames.Count; i++)
        {
            CheckServerName(match.ServerNames[i], $"{path}.server_names[{i}]");
        }

        return new FilterChainMatch
        {
            DestinationPort = (ushort?)match.DestinationPort,
            DestinationPrefixes = _addresses.ToCidrs(match.PrefixRanges, $"{path}.prefix_ranges"),
            ServerNames = [.. match.ServerNames.Select(name => name.ToLowerInvariant())],
            Transport = ToTransport(match.TransportProtocol, $"{path}.transport_protocol"),
            ApplicationProtocols = [.. match.ApplicationProtocols],
            SourcePrefixes = _addresses.ToCidrs(match.SourcePrefixRanges, $"{path}.source_prefix_ranges"),
            SourcePorts = [.. match.SourcePorts.Select(port => (ushort)port)],
        };
    }

    private void CheckServerName(string name, string path)
    {
        var bare = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        if (bare.Length == 0 || bare.Contains('*', StringComparison.Ordinal))
        {
            scope.Report(path, name, "is not a server name", "a DNS name, or '*.' and a DNS name");
        }
    }

    private DetectedTransport? ToTransport(string name, string path)
    {
        switch (name)
        {
            case "":
                return null;
            case "tls":
                return DetectedTransport.Tls;
            case "raw_buffer":
                return DetectedTransport.RawBuffer;
            default:
                scope.Report(path, name, "is not a transport protocol", "tls or raw_buffer");
                return null;
        }
    }
}
