using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>The roots of the trust domain, in the forms that are distributed; and, for checking callers, what lies between them and leaves.</summary>
internal sealed class TrustAnchors
{
    private readonly TaskCompletionSource _superseded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TrustAnchors(ImmutableArray<X509Certificate2> roots, ImmutableArray<X509Certificate2> intermediates)
    {
        Roots = roots;
        Intermediates = intermediates;
        Pem = string.Concat(roots.Select(root => root.ExportCertificatePem() + "\n"));
        Der = [.. roots.SelectMany(root => root.RawData)];
    }

    public ImmutableArray<X509Certificate2> Roots { get; }

    public ImmutableArray<X509Certificate2> Intermediates { get; }

    public string Pem { get; }

    /// <summary>One certificate after the other, as SPIFFE's Workload API has them.</summary>
    public ImmutableArray<byte> Der { get; }

    /// <summary>Ends when other roots take the place of these.</summary>
    public Task Superseded => _superseded.Task;

    /// <returns><paramref name="before"/> itself, told nothing, where nothing is different.</returns>
    public static TrustAnchors Following(TrustAnchors? before, IEnumerable<X509Certificate2> roots, IEnumerable<X509Certificate2> intermediates)
    {
        var anchors = new TrustAnchors([.. roots], [.. intermediates]);
        return before is not null && before.Pem == anchors.Pem
            && before.Intermediates.Select(intermediate => intermediate.Thumbprint)
                .SequenceEqual(anchors.Intermediates.Select(intermediate => intermediate.Thumbprint))
            ? before
            : anchors;
    }

    /// <summary>Once what follows is in force.</summary>
    public void Supersede() => _superseded.TrySetResult();
}
