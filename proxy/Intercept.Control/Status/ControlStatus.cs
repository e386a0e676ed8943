namespace Intercept.Control.Status;

/// <summary>Everything that `intercept-control status` tells; the JSON of /status.</summary>
/// <param name="Source">Where manifests come from.</param>
/// <param name="Generation">Of the manifests in force; 0 before the first.</param>
/// <param name="Problems">Why the newest manifests are not in force.</param>
/// <param name="Warnings">What is accepted without effect.</param>
/// <param name="AgeSeconds">Since the generation came into force.</param>
internal sealed record ControlStatus(
    string Version, string Source, bool IsReady, DateTimeOffset Started, long Generation, DateTimeOffset? GenerationSince, double? AgeSeconds,
    IReadOnlyList<ProblemStatus> Problems, IReadOnlyList<ProblemStatus> Warnings, IReadOnlyList<ProxyStatus> Proxies, CertificateStatus? Certificates);
