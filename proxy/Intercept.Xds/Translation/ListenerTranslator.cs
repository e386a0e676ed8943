using System.Collections.Immutable;
using Envoy.Extensions.Filters.Listener.HttpInspector.V3;
using Envoy.Extensions.Filters.Listener.OriginalDst.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Intercept.Core.Addressing;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.V1;
using AddressProto = Envoy.Config.Core.V3.Address;
using ListenerProto = Envoy.Config.Listener.V3.Listener;

namespace Intercept.Xds.Translation;

/// <param name="clusters">Those that are known.</param>
/// <param name="requiresClusters">Whether a listener may name others: those of a control plane come and go by themselves.</param>
internal sealed class ListenerTranslator(TranslationScope scope, IReadOnlyDictionary<string, Cluster> clusters, bool requiresClusters = true)
{
    // Envoy's default.
    private static readonly TimeSpan _defaultListenerFiltersTimeout = TimeSpan.FromSeconds(15);

    private readonly AddressTranslator _addresses = new(scope);
    private readonly FilterChainTranslator _chains = new(scope, requiresClusters ? clusters.Keys.ToHashSet() : null);

    public Listener Translate(ListenerProto listener, string path)
    {
        if (listener.Name.Length == 0)
        {
            scope.Missing($"{path}.name", "a name");
        }

        var filters = ReadListenerFilters(listener, path);
        var chains = ToChains(listener, path);
        var defaultChain = ToDefaultChain(listener, path);
        var bindsToPort = listener.BindToPort != false;
        var handsOver = listener.UseOriginalDst == true;

        // A connection that is handed over has its original destination with it.
        var recovers = filters.RecoversOriginalDestination || handsOver || !bindsToPort;
        CheckHandOver(listener, bindsToPort, handsOver, path);
        CheckHttpInspector(filters.InspectsHttp, chains, path);
        CheckOriginalDestination(chains, defaultChain, recovers, path);
        return new Listener
        {
            Name = listener.Name,
            Addresses = ToAddresses(listener, path),
            Direction = (TrafficDirection)listener.TrafficDirection,
            BindsToPort = bindsToPort,
            HandsOver = handsOver,
            RecoversOriginalDestination = recovers,

            // As Envoy does: a chain that asks about the ClientHello brings the inspector with it.
            InspectsTls = filters.InspectsTls || chains.Any(AsksAboutTls),
            Transparent = listener.Transparent == true,
            ListenerFiltersTimeout = Durations.ToTimeSpan(listener.ListenerFiltersTimeout, _defaultListenerFiltersTimeout),
            ContinuesOnListenerFiltersTimeout = listener.ContinueOnListenerFiltersTimeout,
            MaximumConnectionsPerSource = filters.MaximumConnectionsPerSource,
            FilterChains = chains,
            DefaultFilterChain = defaultChain,
        };
    }

    private void CheckHandOver(ListenerProto listener, bool bindsToPort, bool handsOver, string path)
    {
        if (!bindsToPort && handsOver)
        {
            scope.Report($"{path}.use_original_dst", "true", "would hand on what was handed over", "false, or bind_to_port true");
        }

        if (!bindsToPort && listener.Transparent == true)
        {
            scope.Report($"{path}.transparent", "true", "is an option of a socket, and the listener has none", "false, or bind_to_port true");
        }
    }

    // Not to look for HTTP is harmless as long as nothing depends on it: a chain that is chosen by it would be passed over.
    private void CheckHttpInspector(bool inspectsHttp, ImmutableArray<FilterChain> chains, string path)
    {
        if (!inspectsHttp)
        {
            return;
        }

        if (chains.FirstOrDefault(AsksAboutHttp) is { } chain)
        {
            scope.Report($"{path}.listener_filters", "http_inspector", $"is not supported, and chain '{chain.Name}' depends on it", "chains without HTTP application_protocols");
        }
        else
        {
            scope.Ignore($"{path}.listener_filters[].typed_config", "http_inspector: no filter chain asks whether it is HTTP");
        }
    }

    private static bool AsksAboutHttp(FilterChain chain) =>
        chain.Match.Transport != DetectedTransport.Tls && chain.Match.ApplicationProtocols.Any(static name => name is "http/1.0" or "http/1.1" or "h2c");

    private static bool AsksAboutTls(FilterChain chain) =>
        chain.Match.Transport is not null || !chain.Match.ServerNames.IsEmpty || !chain.Match.ApplicationProtocols.IsEmpty;

    private ImmutableArray<NetEndpoint> ToAddresses(ListenerProto listener, string path)
    {
        var sources = new List<(AddressProto? Address, string Path)> { (listener.Address, $"{path}.address") };
        sources.AddRange(listener.AdditionalAddresses.Select((extra, i) => (extra.Address, $"{path}.additional_addresses[{i}].address"))!);
        var endpoints = ImmutableArray.CreateBuilder<NetEndpoint>(sources.Count);
        foreach (var (address, addressPath) in sources)
        {
            if (_addresses.ToEndpoint(address, addressPath, allowsPortZero: true) is not { } endpoint)
            {
                continue;
            }

            if (endpoint.Port != 0 && endpoints.Contains(endpoint))
            {
                scope.Report(addressPath, $"{endpoint}", "is given twice", "once");
            }

            endpoints.Add(endpoint);
        }

        return endpoints.ToImmutable();
    }

    private ListenerFilters ReadListenerFilters(ListenerProto listener, string path)
    {
        var found = default(ListenerFilters);
        var types = new HashSet<string>();
        for (var i = 0; i < listener.ListenerFilters.Count; i++)
        {
            var configPath = $"{path}.listener_filters[{i}].typed_config";
            if (listener.ListenerFilters[i].TypedConfig is not { } config)
            {
                scope.Missing(configPath, "an original_dst, tls_inspector or PerSourceLimit");
                continue;
            }

            if (!types.Add(config.TypeUrl))
            {
                scope.Report($"{configPath}.@type", config.TypeUrl, "is given twice in this listener", "once");
            }

            if (config.Is(OriginalDst.Descriptor))
            {
                found = found with { RecoversOriginalDestination = true };
            }
            else if (config.Is(TlsInspector.Descriptor))
            {
                found = found with { InspectsTls = true };
            }
            else if (config.Is(HttpInspector.Descriptor))
            {
                found = found with { InspectsHttp = true };
            }
            else if (config.Is(PerSourceLimit.Descriptor))
            {
                found = found with { MaximumConnectionsPerSource = ToLimit(PerSourceLimit.Parser.ParseFrom(config.Value), configPath) };
            }
            else
            {
                scope.Report(
                    $"{configPath}.@type",
                    config.TypeUrl,
                    "is not a listener filter",
                    $"{OriginalDst.Descriptor.FullName}, {TlsInspector.Descriptor.FullName}, {PerSourceLimit.Descriptor.FullName}");
            }
        }

        return found;
    }

    private int ToLimit(PerSourceLimit limit, string path)
    {
        if (limit.MaxConnections is 0 or > int.MaxValue)
        {
            scope.Report($"{path}.max_connections", $"{limit.MaxConnections}", "is not a limit", $"a number from 1 to {int.MaxValue}");
            return 0;
        }

        return (int)limit.MaxConnections;
    }

    private ImmutableArray<FilterChain> ToChains(ListenerProto listener, string path)
    {
        if (listener.FilterChains.Count == 0 && listener.DefaultFilterChain is null)
        {
            scope.Missing($"{path}.filter_chains", "at least one filter chain");
        }

        var chains = ImmutableArray.CreateBuilder<FilterChain>(listener.FilterChains.Count);
        var paths = new Dictionary<FilterChain, string>(ReferenceEqualityComparer.Instance);
        var names = new HashSet<string>();
        for (var i = 0; i < listener.FilterChains.Count; i++)
        {
            var chainPath = $"{path}.filter_chains[{i}]";
            if (_chains.Translate(listener.FilterChains[i], $"{listener.Name}[{i}]", chainPath) is not { } chain)
            {
                continue;
            }

            if (!names.Add(chain.Name))
            {
                scope.Report($"{chainPath}.name", chain.Name, "names two filter chains of this listener", "names that differ");
            }

            chains.Add(chain);
            paths.Add(chain, chainPath);
        }

        var result = chains.ToImmutable();
        foreach (var (earlier, later) in FilterChainSelector.FindOverlaps(result))
        {
            scope.Report($"{paths[later]}.filter_chain_match", null, $"matches connections that '{earlier.Name}' matches as well", "matches that differ");
        }

        return result;
    }

    private FilterChain? ToDefaultChain(ListenerProto listener, string path)
    {
        if (listener.DefaultFilterChain is not { } chain)
        {
            return null;
        }

        var chainPath = $"{path}.default_filter_chain";
        if (chain.FilterChainMatch is not null)
        {
            scope.Report($"{chainPath}.filter_chain_match", null, "is not looked at in the default chain", "no filter_chain_match");
        }

        return _chains.Translate(chain, $"{listener.Name}[default]", chainPath);
    }

    // Without the original destination, such a cluster would connect to this very listener.
    private void CheckOriginalDestination(ImmutableArray<FilterChain> chains, FilterChain? defaultChain, bool recovers, string path)
    {
        if (recovers)
        {
            return;
        }

        var needy = chains.Concat(defaultChain is null ? [] : [defaultChain])
            .FirstOrDefault(chain => chain.Proxy.Clusters.Any(
                target => clusters.TryGetValue(target.Name, out var cluster) && cluster.Type == ClusterType.OriginalDestination));
        if (needy is not null)
        {
            scope.Report(
                $"{path}.listener_filters",
                null,
                $"lack original_dst, and chain '{needy.Name}' connects to the original destination",
                $"type.googleapis.com/{OriginalDst.Descriptor.FullName}");
        }
    }

    private readonly record struct ListenerFilters(bool RecoversOriginalDestination, bool InspectsTls, bool InspectsHttp, int MaximumConnectionsPerSource);
}
