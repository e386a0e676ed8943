using System.Collections.Immutable;
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

internal sealed class ListenerTranslator(TranslationScope scope, IReadOnlyDictionary<string, Cluster> clusters)
{
    // Envoy's default.
    private static readonly TimeSpan _defaultListenerFiltersTimeout = TimeSpan.FromSeconds(15);

    private readonly AddressTranslator _addresses = new(scope);
    private readonly FilterChainTranslator _chains = new(scope, clusters.Keys.ToHashSet());

    public Listener Translate(ListenerProto listener, string path)
    {
        if (listener.Name.Length == 0)
        {
            scope.Missing($"{path}.name", "a name");
        }

        if (listener.BindToPort == false)
        {
            scope.Report($"{path}.bind_to_port", "false", "is not supported: connections are not handed from listener to listener", "true");
        }

        var filters = ReadListenerFilters(listener, path);
        var chains = ToChains(listener, path);
        var defaultChain = ToDefaultChain(listener, path);
        var recovers = filters.RecoversOriginalDestination || listener.UseOriginalDst == true;
        CheckOriginalDestination(chains, defaultChain, recovers, path);
        return new Listener
        {
            Name = listener.Name,
            Addresses = ToAddresses(listener, path),
            Direction = (TrafficDirection)listener.TrafficDirection,
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

    private readonly record struct ListenerFilters(bool RecoversOriginalDestination, bool InspectsTls, int MaximumConnectionsPerSource);
}
