using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Listeners.Selection;
using Intercept.Mesh.Policy;
using Intercept.Tests.Unit.Mesh;
using Intercept.Xds.Reading;
using Intercept.Xds.Translation;
using FilterChainProto = Envoy.Config.Listener.V3.FilterChain;
using NetworkRbacProto = Envoy.Extensions.Filters.Network.Rbac.V3.RBAC;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>What a generated virtualInbound does with connections, decided by the proxy's own selection and policy.</summary>
internal sealed class InboundSide
{
    private readonly Envoy.Config.Listener.V3.Listener _listener;
    private readonly Listener _model;

    public InboundSide(Generated generated)
    {
        _listener = generated.Listener("virtualInbound");
        var chains = _listener.FilterChains.Select(chain => Chains.Chain(chain.Name, ToMatch(chain))).ToArray();
        Assert.Empty(FilterChainSelector.FindOverlaps([.. chains]));
        _model = Chains.Listener(null, chains);
    }

    public static ChainQuery Plaintext(int port, string source = "10.9.9.9:50000") => Chains.To($"10.0.0.1:{port}", source);

    public static ChainQuery Tls(int port, params string[] applicationProtocols) => Plaintext(port).Tls("name", applicationProtocols);

    /// <summary>CHAIN -> CLUSTER, with + where the proxy ends mutual TLS; null when the connection is closed.</summary>
    public string? Select(ChainQuery query) => Find(query) is { } chain
        ? $"{chain.Name}{(chain.TransportSocket is null ? "" : "+")} -> {Generated.Target(chain)}"
        : null;

    /// <param name="peer">The verified identity; null for none.</param>
    public bool Allows(ChainQuery query, string? peer)
    {
        var chain = Find(query) ?? throw new InvalidOperationException("no chain");
        var identity = peer is null ? null : SpiffeId.TryParse(peer, out var id) ? id : throw new FormatException(peer);
        var facts = new ConnectionFacts(query.Source, query.Destination, identity, query.ServerName);
        return Rules(chain).All(rules => rules.Evaluate(facts).Allowed);
    }

    public IEnumerable<NetworkRbac> Rules(ChainQuery query) => Rules(Find(query)!);

    private static IEnumerable<NetworkRbac> Rules(FilterChainProto chain)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var translator = new RbacTranslator(new TranslationScope(new SourceLines("generated"), problems));
        var rules = chain.Filters.Where(filter => filter.Name == "envoy.filters.network.rbac")
            .Select(filter => translator.Translate(Generated.Open<NetworkRbacProto>(filter.TypedConfig), filter.Name)!).ToList();
        Assert.Empty(problems);
        return rules;
    }

    private FilterChainProto? Find(ChainQuery query)
    {
        var name = new FilterChainSelector(_model).Select(query)?.Name;
        return _listener.FilterChains.SingleOrDefault(chain => chain.Name == name);
    }

    private static FilterChainMatch ToMatch(FilterChainProto chain) => chain.FilterChainMatch is not { } match ? FilterChainMatch.Any : new FilterChainMatch
    {
        DestinationPort = (ushort?)match.DestinationPort,
        Transport = match.TransportProtocol switch
        {
            "tls" => DetectedTransport.Tls,
            "raw_buffer" => DetectedTransport.RawBuffer,
            _ => null,
        },
        ApplicationProtocols = [.. match.ApplicationProtocols],
    };
}
