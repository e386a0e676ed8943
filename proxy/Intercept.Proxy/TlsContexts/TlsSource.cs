using System.Collections.Immutable;
using Intercept.Core.Identity;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Proxy.Admin.State;
using Intercept.Runtime.Tls;

namespace Intercept.Proxy.TlsContexts;

/// <summary>
/// One TLS context of the configuration and the files that it is made from. It is made anew when they change; loops read
/// the current context for each new connection, and connections keep the generation that they began with.
/// </summary>
internal abstract class TlsSource
{
    private ImmutableArray<(string Path, FileStamp Stamp)> _files = [];

    /// <summary>Its certificates, as loaded.</summary>
    public CertificateStatus Status { get; private set; } = new([], []);

    /// <summary>Our own identity in it; null when none is presented.</summary>
    public abstract SpiffeId? LocalIdentity { get; }

    public abstract DateTimeOffset? CertificateExpiry { get; }

    protected abstract IEnumerable<(string Path, string Field)> Files { get; }

    /// <summary>Whether a file is no longer the one that the context was made from.</summary>
    public bool HasChanged => _files.Any(file => FileStamp.Of(file.Path) != file.Stamp);

    /// <summary>Makes the next generation, or says everything that is wrong and keeps the present one.</summary>
    /// <param name="files">The files of this pass.</param>
    /// <param name="time">The clock.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <returns>The generation that was replaced: dispose it when no loop can be about to use it.</returns>
    public IDisposable? Load(PemFiles files, TimeProvider time, ICollection<Problem> problems)
    {
        var before = problems.Count;
        foreach (var (path, field) in Files)
        {
            files.Read(path, field, problems);
        }

        // Failed or not: the same contents are not tried again.
        _files = [.. Files.Select(file => (file.Path, files.StampOf(file.Path)))];
        if (problems.Count > before)
        {
            return null;
        }

        var replaced = Build(files, time, problems);
        if (problems.Count == before)
        {
            Status = Describe(files, time);
        }

        return replaced;
    }

    /// <summary>Gives up a generation that no loop has seen, or that none will use again.</summary>
    public abstract void Retire();

    protected abstract IDisposable? Build(PemFiles files, TimeProvider time, ICollection<Problem> problems);

    protected abstract CertificateStatus Describe(PemFiles files, TimeProvider time);

    protected static void Report(ImmutableArray<TlsContextProblem> found, ICollection<Problem> problems)
    {
        foreach (var problem in found)
        {
            problems.Add(TlsProblems.ToProblem(problem));
        }
    }
}
