using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Intercept.Control.Authority;
using Intercept.Control.Serving.Callers;
using Intercept.Core.Identity;

namespace Intercept.Control.Authentication;

/// <summary>A certificate of our own, whose holder comes for the next one or for its configuration.</summary>
internal sealed class CertificateKind(CertificateAuthority authority, TimeProvider time) : ICredentialKind
{
    private static readonly Oid _clientAuthentication = new("1.3.6.1.5.5.7.3.2");

    public ValueTask<Caller?> TryAuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        Caller? caller = null;
        if (credentials.Certificate is { } certificate)
        {
            caller = TryRead(certificate, out var identity, out var why) && identity is not null
                ? new Caller { Description = $"certificate {identity}", Identities = [identity] }
                : Caller.Refused($"its certificate {why}");
        }

        return ValueTask.FromResult(caller);
    }

    // Nothing is believed of a certificate before its chain is.
    private bool TryRead(X509Certificate2 certificate, out SpiffeId? identity, out string? why)
    {
        identity = null;
        var anchors = authority.Current.Anchors;
        using var chain = ChainPolicy.NewChain([.. anchors.Roots], [.. anchors.Intermediates], time.GetUtcNow(), _clientAuthentication);
        if (!chain.Build(certificate))
        {
            why = $"is not one of ours, or not any more: {ChainPolicy.Describe(chain)}";
            return false;
        }

        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority)
            || certificate.Extensions.OfType<X509KeyUsageExtension>().SingleOrDefault()?.KeyUsages is not { } usages
            || !usages.HasFlag(X509KeyUsageFlags.DigitalSignature) || usages.HasFlag(X509KeyUsageFlags.KeyCertSign))
        {
            why = "is no leaf for signatures";
            return false;
        }

        try
        {
            if (!AlternativeNames.TryRead(certificate.Extensions, out identity, out why))
            {
                return false;
            }
        }
        catch (AsnContentException)
        {
            why = "has malformed names";
            return false;
        }

        why = identity is null ? "has no SPIFFE ID"
            : identity.TrustDomain != authority.TrustDomain.Name ? $"is for the trust domain {identity.TrustDomain}"
            : null;
        return why is null;
    }
}
