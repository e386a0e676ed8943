using Intercept.Core.Identity;

namespace Intercept.Control.Authority;

/// <summary>Where the authority lives and how long things last that it makes.</summary>
internal sealed record AuthorityOptions
{
    public required TrustDomain TrustDomain { get; init; }

    /// <summary>Keys, tokens' key and lock; made at the first start.</summary>
    public required string StateFolder { get; init; }

    /// <summary>A folder in the layout of Istio's secret `cacerts`; null makes an authority of our own in the state folder.</summary>
    public string? SuppliedFolder { get; init; }

    /// <summary>A file that always holds the roots, for those who trust them by file; null writes none.</summary>
    public string? RootsFile { get; init; }

    /// <summary>Of a certificate whose requester does not say.</summary>
    public TimeSpan DefaultLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A requester that asks for more gets this: a proxy goes by the certificate, not by what it asked for.</summary>
    public TimeSpan MaximumLife { get; init; } = TimeSpan.FromDays(7);

    public TimeSpan IntermediateLife { get; init; } = TimeSpan.FromDays(365);

    public TimeSpan RootLife { get; init; } = TimeSpan.FromDays(3650);

    /// <summary>How often supplied files, rotation and its requests are looked at.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What the certificate of our own TLS ports is for: names and addresses that proxies dial.</summary>
    public IReadOnlyList<string> ServerNames { get; init; } =
        ["istiod.istio-system.svc", "istiod.istio-system.svc.cluster.local", "localhost", "127.0.0.1", "::1"];

    /// <returns>What is wrong with these values, all at once.</returns>
    public IEnumerable<string> Complaints()
    {
        if (DefaultLife < TimeSpan.FromSeconds(10))
        {
            yield return $"the life of a certificate is {DefaultLife}, allowed: 10 seconds or more";
        }

        if (DefaultLife > MaximumLife)
        {
            yield return $"the life of a certificate is {DefaultLife} by default, and {MaximumLife} at most";
        }

        // Half of an intermediate's life passes before the next one: what is signed last must still fit.
        if (MaximumLife > IntermediateLife / 2)
        {
            yield return $"certificates may live {MaximumLife}, allowed: half of what an intermediate lives ({IntermediateLife}) at most";
        }

        // A root is followed in the last fifth of its life, which must hold a generation of certificates before and after.
        if (MaximumLife > RootLife / 20)
        {
            yield return $"certificates may live {MaximumLife}, allowed: a twentieth of what a root lives ({RootLife}) at most";
        }

        if (IntermediateLife > RootLife)
        {
            yield return $"an intermediate lives {IntermediateLife}, longer than its root ({RootLife})";
        }
    }
}
