using System.Diagnostics.CodeAnalysis;
using Intercept.Control.Authentication;
using Intercept.Control.Serving.Callers;
using Intercept.Core.Identity;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

/// <summary>
/// From credentials and a request to a certificate, or a refusal that is logged and counted. A caller gets the identity that it
/// holds and no other, whatever it asks for.
/// </summary>
internal sealed class Issuance(
    CertificateAuthority authority, ICallerAuthenticator authenticator, Impersonation impersonation, AuthorityStatistics statistics, ILogger log)
{
    public AuthorityStatistics Statistics => statistics;

    /// <param name="impersonated">The identity that a node's proxy asks for on behalf of a pod; null asks for its own.</param>
    /// <param name="life">Zero or less leaves it to us.</param>
    public async ValueTask<IssuanceResult> IssueAsync(
        CallerCredentials credentials, string csr, string? impersonated, TimeSpan life, CancellationToken cancellation)
    {
        var caller = await authenticator.AuthenticateAsync(credentials, cancellation);
        if (caller.IsRefused)
        {
            return Refuse(credentials, RefusalReason.Unauthenticated, caller.Refusal);
        }

        if (!SigningRequest.TryRead(csr, out var request, out var why))
        {
            return Refuse(credentials, RefusalReason.BadRequest, $"the certificate request {why}", caller);
        }

        SpiffeId identity;
        if (impersonated is null)
        {
            // A caller that may act as everybody on a socket of ours is still nobody in particular.
            if (caller.Identities.IsEmpty || (request.Identity is not null && !caller.Identities.Contains(request.Identity)))
            {
                return Refuse(credentials, RefusalReason.IdentityNotHeld, $"it asks for {request.Identity?.Text ?? "its own identity and has none"}", caller);
            }

            identity = request.Identity ?? caller.Identities[0];
        }
        else
        {
            if (!SpiffeId.TryParse(impersonated, out var other))
            {
                return Refuse(credentials, RefusalReason.Impersonation, "ImpersonatedIdentity is no SPIFFE ID", caller);
            }

            if (request.Identity is not null && request.Identity != other)
            {
                return Refuse(credentials, RefusalReason.Impersonation, $"it asks for {request.Identity} in the name of {other}", caller);
            }

            if (await impersonation.ComplaintAsync(caller, other, cancellation) is { } complaint)
            {
                return Refuse(credentials, RefusalReason.Impersonation, $"it asks for {other}: {complaint}", caller);
            }

            identity = other;
        }

        return identity.TrustDomain == authority.TrustDomain.Name
            ? Sign(credentials, caller, request, identity, life)
            : Refuse(credentials, RefusalReason.IdentityNotHeld, $"{identity} is of another trust domain", caller);
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The receiver of the result disposes it.")]
    private IssuanceResult Sign(CallerCredentials credentials, Caller caller, SigningRequest request, SpiffeId identity, TimeSpan life)
    {
        try
        {
            var issued = authority.Issue(request.Key, identity, life);
            statistics.CountIssued();
            AuthorityLog.Issued(log, identity.Text, issued.Validity.NotAfter, Describe(credentials, caller));
            return new IssuanceResult(issued, default, "");
        }
        catch (AuthorityException failure)
        {
            return Refuse(credentials, RefusalReason.Failed, failure.Message, caller);
        }
    }

    private IssuanceResult Refuse(CallerCredentials credentials, RefusalReason reason, string why, Caller? caller = null)
    {
        statistics.CountRefused(reason);
        AuthorityLog.Refused(log, Describe(credentials, caller), reason, why);
        return IssuanceResult.Refused(reason, why);
    }

    private static string Describe(CallerCredentials credentials, Caller? caller) =>
        caller is null ? credentials.ToString() : $"{credentials}, {caller.Description}";
}
