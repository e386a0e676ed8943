namespace Intercept.Xds.Certificates;

/// <summary>One try that came to nothing.</summary>
/// <param name="Text">A sentence for people, without a full stop.</param>
internal readonly record struct CertificateProblem(CertificateFailure Reason, string Text);
