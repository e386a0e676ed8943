using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Intercept.Core.Identity;

namespace Intercept.Control.Authority;

/// <summary>Signs leaves. Who may have which is decided before. Any thread.</summary>
internal sealed class CertificateAuthority(AuthorityOptions options, IAuthoritySource source, TimeProvider time)
{
    public TrustDomain TrustDomain => options.TrustDomain;

    public AuthoritySnapshot Current => source.Current;

    /// <param name="life">What was asked for; zero or less leaves it to us.</param>
    public IssuedCertificate Issue(PublicKey key, SpiffeId identity, TimeSpan life) =>
        Issue(key, life, Profiles.Workload(key, identity));

    public IssuedCertificate IssueServer(PublicKey key) =>
        Issue(key, TimeSpan.Zero, Profiles.Server(key, options.ServerNames));

    private IssuedCertificate Issue(PublicKey key, TimeSpan asked, ImmutableArray<X509Extension> extensions)
    {
        var life = asked <= TimeSpan.Zero ? options.DefaultLife : asked < options.MaximumLife ? asked : options.MaximumLife;
        var now = time.GetUtcNow();
        var wanted = Validity.Starting(now, life);
        var authority = source.IssuerUntil(wanted.NotAfter);
        var validity = wanted.Within(authority.Issuer.Validity);
        if (validity.NotAfter <= now)
        {
            throw new AuthorityException($"the certificate of the authority ended at {authority.Issuer.Validity.NotAfter:u}: "
                + "nothing that it signs would be valid; supply another");
        }

        return new IssuedCertificate(authority.Issuer.Issue(key, validity, extensions), validity, authority);
    }
}
