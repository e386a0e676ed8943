using Intercept.Mesh.Tls;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Certificates;

/// <summary>What happened to a provider: its status, and the lines in the log. Written by the provider's one task.</summary>
internal sealed partial class ProviderJournal(string source, TimeProvider time, ILogger logger)
{
    private CertificateProviderStatus _status = new() { Source = source };

    public CertificateProviderStatus Status => Volatile.Read(ref _status);

    public void Renewed(WorkloadCertificate certificate, DateTimeOffset? next)
    {
        Set(Status with
        {
            Identity = certificate.Identity.Text,
            Expires = certificate.NotAfter,
            LastSuccess = time.GetUtcNow(),
            NextRenewal = next,
            Warning = certificate.Warning,
            Renewals = Status.Renewals + 1,
        });
        LogRenewed(logger, certificate.Identity.Text, certificate.NotAfter, source);
        if (certificate.Warning is { } warning)
        {
            LogWarning(logger, source, warning);
        }
    }

    /// <summary>Bundles without a certificate.</summary>
    public void TrustChanged()
    {
        Set(Status with { LastSuccess = time.GetUtcNow(), Renewals = Status.Renewals + 1 });
        LogTrust(logger, source);
    }

    public void Failed(CertificateProblem problem, DateTimeOffset? next)
    {
        Set(Status with
        {
            LastFailure = time.GetUtcNow(),
            LastError = problem.Text,
            NextRenewal = next,
            Failures = Status.Failures.SetItem(problem.Reason, Status.Failures.GetValueOrDefault(problem.Reason) + 1),
        });
        LogFailed(logger, source, problem.Reason.Label(), problem.Text);
    }

    /// <summary>The source has taken something back.</summary>
    public void Withdrawn(string name)
    {
        Set(name == Secret.DefaultName ? Status with { Identity = null, Expires = null, Warning = null } : Status);
        LogWithdrawn(logger, source, name);
    }

    private void Set(CertificateProviderStatus status) => Volatile.Write(ref _status, status);

    [LoggerMessage(Level = LogLevel.Information, Message = "certificate for {Identity} until {NotAfter:u} from {Source}")]
    private static partial void LogRenewed(ILogger logger, string identity, DateTimeOffset notAfter, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "trust bundles from {Source}")]
    private static partial void LogTrust(ILogger logger, string source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} gave no certificate ({Reason}): {Text}")]
    private static partial void LogFailed(ILogger logger, string source, string reason, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source} has withdrawn the secret {Name}")]
    private static partial void LogWithdrawn(ILogger logger, string source, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Source}: {Warning}")]
    private static partial void LogWarning(ILogger logger, string source, string warning);
}
