using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Xds.Certificates;

/// <summary>
/// The roots of each trust domain, and those that its source has left behind. A root that is no longer announced stays
/// for as long as a certificate can live that was issued below it a moment before; a whole trust domain that is no longer
/// announced goes at once, since then it is peers and not keys that are no longer trusted.
/// </summary>
internal sealed class TrustOverlap
{
    /// <summary>How long peers' certificates live, as long as none of ours says.</summary>
    public static readonly TimeSpan DefaultLife = TimeSpan.FromHours(24);

    // A source that announces another root every minute is broken; it should not fill the memory as well.
    private const int MostLeaving = 16;

    private readonly Dictionary<string, List<Root>> _roots = new(StringComparer.Ordinal);
    private TimeSpan? _longestLife;

    /// <summary>PEM by trust domain: those announced, then those that are about to leave.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> Bundles { get; private set; } = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>When the next root leaves; null when none is about to.</summary>
    public DateTimeOffset? NextRetirement => _roots.Values.SelectMany(roots => roots).Min(root => root.Leaves);

    /// <summary>Peers' certificates live as long as ours, as far as we can know.</summary>
    public void Observe(TimeSpan life) => _longestLife = _longestLife is { } longest && longest > life ? longest : life;

    /// <summary>Takes what the source says now, complete: for each trust domain the roots that it announces.</summary>
    public void Announce(IEnumerable<KeyValuePair<string, X509Certificate2Collection>> bundles, DateTimeOffset now)
    {
        var announced = bundles.ToDictionary(bundle => bundle.Key, bundle => bundle.Value, StringComparer.Ordinal);
        foreach (var gone in _roots.Keys.Where(trustDomain => !announced.ContainsKey(trustDomain)).ToArray())
        {
            _roots.Remove(gone);
        }

        foreach (var (trustDomain, certificates) in announced)
        {
            var roots = certificates.Select(certificate => new Root(certificate.RawData, SvidCheck.End(certificate), null)).DistinctBy(root => root.Id).ToList();
            var ids = roots.Select(root => root.Id).ToHashSet(StringComparer.Ordinal);

            // Those that left last come first.
            roots.AddRange(_roots.GetValueOrDefault(trustDomain, []).Where(root => !ids.Contains(root.Id)).Select(root => Leaving(root, now)).Take(MostLeaving));
            _roots[trustDomain] = roots;
        }

        Retire(now);
        Bundles = _roots.ToImmutableDictionary(
            entry => entry.Key, entry => (ReadOnlyMemory<byte>)entry.Value.SelectMany(root => root.Pem).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Lets go of the roots whose time has come.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Retire(DateTimeOffset now)
    {
        var retired = 0;
        foreach (var (trustDomain, roots) in _roots)
        {
            var here = roots.RemoveAll(root => root.Leaves <= now);
            retired += here;
            if (here > 0 && Bundles.ContainsKey(trustDomain))
            {
                Bundles = Bundles.SetItem(trustDomain, roots.SelectMany(root => root.Pem).ToArray());
            }
        }

        return retired > 0;
    }

    private Root Leaving(Root root, DateTimeOffset now)
    {
        var leaves = root.Leaves ?? now + (_longestLife ?? DefaultLife);
        return root with { Leaves = leaves < root.Ends ? leaves : root.Ends };
    }

    private sealed record Root(byte[] Der, DateTimeOffset Ends, DateTimeOffset? Leaves)
    {
        public string Id { get; } = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Der));

        public byte[] Pem { get; } = PemText.Encode(PemLabels.X509Certificate, Der);
    }
}
