using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>The TLS contexts of a plan that is being made: those of the plan before it, as far as they are still asked for, and new ones.</summary>
/// <param name="problems">Receives what is wrong with the files of new ones.</param>
internal sealed class TlsSourceSet(ServingPlan? previous, TlsMaterial material, TimeProvider time, ICollection<Problem> problems)
{
    private readonly Dictionary<object, TlsSource> _known = previous?.TlsSources.ToDictionary(source => source.Key) ?? [];
    private readonly HashSet<TlsSource> _used = new(ReferenceEqualityComparer.Instance);
    private readonly List<TlsSource> _new = [];

    public ImmutableArray<TlsSource> Used => [.. _used];

    public IReadOnlyList<TlsSource> New => _new;

    public ServerTls Of(DownstreamTls configuration) => (ServerTls)Of(configuration, static key => new ServerTls((DownstreamTls)key));

    public ClientTls Of(UpstreamTls configuration) =>
        new(configuration, (ClientTlsSource)Of(ClientTlsKey.Of(configuration), static key => new ClientTlsSource((ClientTlsKey)key)));

    public void Keep(ClusterPlan cluster)
    {
        foreach (var transport in cluster.Transports)
        {
            if (transport is not null)
            {
                _used.Add(transport.Source);
            }
        }
    }

    public void Keep(ListenerPlan listener)
    {
        foreach (var chain in listener.Chains)
        {
            if (chain.Tls is { } tls)
            {
                _used.Add(tls);
            }
        }
    }

    private TlsSource Of(object key, Func<object, TlsSource> create)
    {
        if (!_known.TryGetValue(key, out var source))
        {
            _known.Add(key, source = create(key));
            _new.Add(source);

            // A secret that is wrong may be put right at any time: what needs it is closed until then.
            source.Load(material, time, source.IsOfFiles ? problems : []);
        }

        _used.Add(source);
        return source;
    }
}
