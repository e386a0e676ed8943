using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Stats;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.TlsContexts;

/// <summary>
/// Takes new certificates into use when their files or secrets change, and those that have expired out of it. A chain and
/// its key are two files, changed one after the other: while they do not fit the present generation stays, and the next
/// look at the files decides.
/// </summary>
internal sealed partial class CertificateRotation(StatRegistry registry, SecretStore secrets, TimeProvider time, ILogger logger)
{
    private readonly Counter _rotated = registry.Counter("intercept.certificates.rotated");
    private readonly Counter _failed = registry.Counter("intercept.certificates.rotation_failed");
    private readonly Counter _absent = registry.Counter("intercept.certificates.absent");

    /// <summary>Loads what has changed.</summary>
    /// <returns>Generations that are out of use: dispose them when no loop can be about to use one.</returns>
    public IReadOnlyList<IDisposable> Rotate(IEnumerable<TlsSource> sources)
    {
        var replaced = new List<IDisposable>();
        var now = time.GetUtcNow();
        using var material = new TlsMaterial(secrets);
        foreach (var source in sources)
        {
            var old = source.HasChanged(secrets) ? Load(source, material) : null;
            if (old is not null)
            {
                replaced.Add(old);
            }

            if (source.Expire(now) is { } expired)
            {
                replaced.Add(expired);
                NoteAbsence(source);
            }
        }

        return replaced;
    }

    /// <summary>Says what is not there after a plan was made.</summary>
    public void NoteAbsence(TlsSource source)
    {
        _absent.Add();
        LogAbsent(logger, source.Absence.Detail);
    }

    private IDisposable? Load(TlsSource source, TlsMaterial material)
    {
        var problems = new List<Problem>();
        var before = source.IsUsable ? null : source.Absence;
        var old = source.Load(material, time, problems);
        if (problems.Count > 0)
        {
            _failed.Add();
            problems.ForEach(problem => LogNotRotated(logger, problem));
        }
        else if (source.IsUsable)
        {
            _rotated.Add();
            LogRotated(logger, source.LocalIdentity?.Text ?? "no identity", source.CertificateExpiry);
        }
        else if (before != source.Absence)
        {
            NoteAbsence(source);
        }

        return old;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "certificates rotated: {Identity} until {Expiry:u}")]
    private static partial void LogRotated(ILogger logger, string identity, DateTimeOffset? expiry);

    [LoggerMessage(Level = LogLevel.Warning, Message = "certificates stay as they are: {Problem}")]
    private static partial void LogNotRotated(ILogger logger, Problem problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "connections that need it are closed: {Why}")]
    private static partial void LogAbsent(ILogger logger, string why);
}
