namespace Intercept.Control.Status;

/// <summary>What the authority has done since it started.</summary>
internal sealed record CertificateStatus(long Issued, long Refused, DateTimeOffset? RootExpires);
