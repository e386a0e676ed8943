using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Intercept.Control.Authority;

/// <summary>
/// The life of roots. A new one is made in the last fifth of the active one's life or when asked for, and first only distributed:
/// proxies are given the bundle with their certificates, so that all of them have it when the last certificate has ended that was
/// issued without it. Then it signs. The old one stays in the bundle until nothing that it signed is valid.
/// </summary>
internal sealed class Rotation(AuthorityOptions options)
{
    // Verifiers' clocks may be slow.
    private static readonly TimeSpan _skew = TimeSpan.FromMinutes(2);

    public AuthorityState First(DateTimeOffset now) => Advance(AuthorityState.Of(NewRoot(now)), now, isAsked: false);

    /// <summary>All steps that are due; the state itself when none is.</summary>
    /// <param name="isAsked">Somebody wants a new root now; one on its way is the one.</param>
    public AuthorityState Advance(AuthorityState state, DateTimeOffset now, bool isAsked)
    {
        while (true)
        {
            var before = state;
            state = DropRetired(state, now);
            state = Switch(state, now);
            state = Announce(state, now, isAsked);
            isAsked = false;
            if (ReferenceEquals(before, state))
            {
                // Last: a root that is about to be followed signs no more intermediates.
                return RenewIntermediate(state, now);
            }
        }
    }

    private static AuthorityState DropRetired(AuthorityState state, DateTimeOffset now)
    {
        var left = state.Retired.RemoveAll(root => now > root.IssuedUntil + _skew);
        return left.Length == state.Retired.Length ? state : state with { Retired = left };
    }

    private static AuthorityState Switch(AuthorityState state, DateTimeOffset now) => state.Next is { } next && now >= state.NextSignsFrom
        ? state with { Active = next, Next = null, NextSignsFrom = null, Retired = state.Retired.Add(state.Active.Retire()) }
        : state;

    private AuthorityState Announce(AuthorityState state, DateTimeOffset now, bool isAsked)
    {
        if (state.Next is not null)
        {
            return state;
        }

        var (notBefore, notAfter) = state.Active.ReadValidity();
        var life = notAfter - notBefore;
        if (!isAsked && now < notAfter - (life / 5))
        {
            return state;
        }

        // Nothing that the old root signs may be cut short for long, whatever was issued.
        var latest = notAfter - (life / 20);
        var everybodyKnows = state.Active.IssuedUntil + _skew;
        return state with { Next = NewRoot(now), NextSignsFrom = everybodyKnows < latest ? everybodyKnows : latest };
    }

    private AuthorityState RenewIntermediate(AuthorityState state, DateTimeOffset now)
    {
        if (state.Active.ReadIntermediateValidity() is { } current)
        {
            // At the end of its root's life a new one would last no longer.
            if (now < current.Half || current.NotAfter >= state.Active.ReadValidity().NotAfter)
            {
                return state;
            }
        }

        using var rootKey = SigningKey.Read(state.Active.Key, "the state");
        using var root = new Issuer(state.Active.ReadCertificate(), rootKey);
        using var key = SigningKey.Create();
        using var certificate = root.Issue(
            Name("intermediate"), key.PublicKey, Validity.Starting(now, options.IntermediateLife).Within(root.Validity),
            Profiles.Authority(key.PublicKey, options.TrustDomain, intermediatesBelow: 0));
        var past = state.Active.PastIntermediates.RemoveAll(pem => now > RootRecord.ValidityOf(pem).NotAfter);
        return state with
        {
            Active = state.Active with
            {
                Intermediate = certificate.ExportCertificatePem(),
                IntermediateKey = key.ToPem(),
                PastIntermediates = state.Active.Intermediate is { } last ? past.Add(last) : past,
            },
        };
    }

    private RootRecord NewRoot(DateTimeOffset now)
    {
        using var key = SigningKey.Create();
        using var certificate = Issuer.SelfSigned(
            Name("root"), key, Validity.Starting(now, options.RootLife), Profiles.Authority(key.PublicKey, options.TrustDomain, intermediatesBelow: 1));
        return new RootRecord { Certificate = certificate.ExportCertificatePem(), Key = key.ToPem() };
    }

    // Verifiers look for an issuer by its name: each has its own.
    private X500DistinguishedName Name(string what)
    {
        var name = new X500DistinguishedNameBuilder();

        // Written in the opposite order: O=cluster.local, CN=...
        name.AddCommonName($"Intercept {what} {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        name.AddOrganizationName(options.TrustDomain.Name);
        return name.Build();
    }
}
