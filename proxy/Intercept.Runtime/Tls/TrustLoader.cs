using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>Reads the trust bundles of one context.</summary>
internal sealed class TrustLoader(SslContext native, Action<TlsContextProblemKind, string, string> report)
{
    /// <param name="options">With one bundle or several.</param>
    /// <param name="own">Our own identity in this context.</param>
    /// <returns>Null, with the reason reported.</returns>
    public PeerTrust? TryLoad(TlsContextOptions options, SpiffeId? own)
    {
        if (!options.TrustBundles.IsEmpty)
        {
            return ByDomain(options, own);
        }

        if (options.TrustBundle is null)
        {
            report(TlsContextProblemKind.TrustBundleMissing, "", "");
            return null;
        }

        using var bundle = TryParse(options.TrustBundle);
        if (bundle is null)
        {
            return null;
        }

        native.Trust(bundle);
        return PeerTrust.OneBundle;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The context owns the anchors.")]
    private PeerTrust? ByDomain(TlsContextOptions options, SpiffeId? own)
    {
        var found = new Dictionary<string, TrustAnchors>(StringComparer.Ordinal);
        TrustAnchors? ofOwn = null;
        foreach (var (domain, file) in options.TrustBundles)
        {
            using var bundle = TryParse(file);
            if (bundle is null)
            {
                continue;
            }

            var anchors = TrustAnchors.Of(bundle);
            native.Own(anchors);
            if (domain.Length == 0)
            {
                ofOwn = anchors;
            }
            else
            {
                found.Add(domain, anchors);
            }
        }

        if (found.Count + (ofOwn is null ? 0 : 1) < options.TrustBundles.Count)
        {
            return null;
        }

        // Who presents nothing has no trust domain of its own: the rule alone says whom it may be.
        if (own is not null && ofOwn is not null)
        {
            found.TryAdd(own.TrustDomain, ofOwn);
        }

        return new PeerTrust(found.ToFrozenDictionary(StringComparer.Ordinal), own is null ? ofOwn : null);
    }

    private CertificateList? TryParse(PemFile file)
    {
        var bundle = CertificateList.TryParse(file.Content.Span, out var failure);
        if (bundle is null)
        {
            report(TlsContextProblemKind.TrustBundleUnreadable, file.Path, failure.Text);
        }

        return bundle;
    }
}
