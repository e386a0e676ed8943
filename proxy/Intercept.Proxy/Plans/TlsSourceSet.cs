using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>The TLS contexts that a plan may use: those of the plan before it, and what it adds.</summary>
/// <param name="problems">Receives what is wrong with the files of new ones.</param>
internal sealed class TlsSourceSet(ImmutableArray<TlsSource> before, TlsMaterial material, TimeProvider time, ICollection<Problem> problems)
{
    private readonly Dictionary<object, TlsSource> _known = before.ToDictionary(source => source.Key);

    public ServerTls Of(DownstreamTls configuration) => (ServerTls)Of(configuration, static key => new ServerTls((DownstreamTls)key));

    public ClientTls Of(UpstreamTls configuration) =>
        new(configuration, (ClientTlsSource)Of(ClientTlsKey.Of(configuration), static key => new ClientTlsSource((ClientTlsKey)key)));

    private TlsSource Of(object key, Func<object, TlsSource> create)
    {
        if (!_known.TryGetValue(key, out var source))
        {
            _known.Add(key, source = create(key));

            // A secret that is wrong may be put right at any time: what needs it is closed until then.
            source.Load(material, time, source.IsOfFiles ? problems : []);
        }

        return source;
    }
}
