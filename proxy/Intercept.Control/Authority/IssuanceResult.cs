namespace Intercept.Control.Authority;

/// <summary>A certificate, or the reason for which there is none.</summary>
/// <param name="Certificate">The receiver disposes it.</param>
/// <param name="Why">For our log; told to the caller only where it is about the caller's own request.</param>
internal readonly record struct IssuanceResult(IssuedCertificate? Certificate, RefusalReason Reason, string Why)
{
    public static IssuanceResult Refused(RefusalReason reason, string why) => new(null, reason, why);
}
