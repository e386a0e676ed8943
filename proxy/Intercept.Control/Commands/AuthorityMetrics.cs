using Intercept.Control.Authority;
using Intercept.Control.Metrics;

namespace Intercept.Control.Commands;

/// <summary>What the authority counts, by the names of istiod's.</summary>
internal static class AuthorityMetrics
{
    public static void Register(MetricRegistry registry, MeshAuthority authority)
    {
        var statistics = authority.Statistics;
        registry.Total("citadel_server_success_cert_issuance_count", "Certificates issued.", () => statistics.Issued);
        registry.Total("citadel_server_csr_count", "Certificates asked for.", () => statistics.Issued + Enum.GetValues<RefusalReason>().Sum(statistics.Refused));
        registry.Total("citadel_server_authentication_failure_count", "Requests of callers that nobody knows.", () => statistics.Refused(RefusalReason.Unauthenticated));
        registry.Total("citadel_server_csr_parsing_err_count", "Requests that were malformed or too weak.", () => statistics.Refused(RefusalReason.BadRequest));
        registry.Total("citadel_server_csr_sign_err_count", "Requests that failed by our own fault.", () => statistics.Refused(RefusalReason.Failed));
        registry.Total("intercept_control_identities_refused", "Requests for an identity that the caller may not hold.", () =>
            statistics.Refused(RefusalReason.IdentityNotHeld) + statistics.Refused(RefusalReason.Impersonation));
        registry.Gauge("citadel_server_root_cert_expiry_timestamp", "When the first of the roots in use ends, in seconds since 1970.", () =>
            AuthorityParts.Status(authority).RootExpires?.ToUnixTimeSeconds());
    }
}
