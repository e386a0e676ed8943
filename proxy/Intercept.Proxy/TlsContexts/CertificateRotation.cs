using Intercept.Core.Problems;
using Intercept.Proxy.Stats;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.TlsContexts;

/// <summary>
/// Takes new certificates into use when their files change. A chain and its key are two files, changed one after the
/// other: while they do not fit the present generation stays, and the next look at the files decides.
/// </summary>
internal sealed partial class CertificateRotation(StatRegistry registry, TimeProvider time, ILogger logger)
{
    private readonly Counter _rotated = registry.Counter("intercept.certificates.rotated");
    private readonly Counter _failed = registry.Counter("intercept.certificates.rotation_failed");

    /// <summary>Loads what has changed.</summary>
    /// <returns>Generations that are out of use: dispose them when no loop can be about to use one.</returns>
    public IReadOnlyList<IDisposable> Rotate(IEnumerable<TlsSource> sources)
    {
        var changed = sources.Where(source => source.HasChanged).ToArray();
        if (changed.Length == 0)
        {
            return [];
        }

        var replaced = new List<IDisposable>();
        using var files = new PemFiles();
        foreach (var source in changed)
        {
            var problems = new List<Problem>();
            if (source.Load(files, time, problems) is { } old)
            {
                replaced.Add(old);
            }

            if (problems.Count == 0)
            {
                _rotated.Add();
                LogRotated(logger, source.LocalIdentity?.Text ?? "no identity", source.CertificateExpiry);
                continue;
            }

            _failed.Add();
            foreach (var problem in problems)
            {
                LogNotRotated(logger, problem);
            }
        }

        return replaced;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "certificates rotated: {Identity} until {Expiry:u}")]
    private static partial void LogRotated(ILogger logger, string identity, DateTimeOffset? expiry);

    [LoggerMessage(Level = LogLevel.Warning, Message = "certificates stay as they are: {Problem}")]
    private static partial void LogNotRotated(ILogger logger, Problem problem);
}
