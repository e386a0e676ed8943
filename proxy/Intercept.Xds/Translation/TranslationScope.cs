using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Translation;

/// <summary>Where the translation of one resource stands: problems found so far, and the line of every field.</summary>
/// <param name="notes">Receives what is no problem; null where nobody asks.</param>
internal sealed class TranslationScope(SourceLines lines, ImmutableArray<Problem>.Builder problems, TranslationNotes? notes = null)
{
    public void Report(string path, string? value, string why, string? allowed = null)
    {
        // A resource that came alone is the top of its paths.
        var field = path.Length > 0 && path[0] == '.' ? path[1..] : path;
        problems.Add(new Problem(lines.Source, lines.Find(field), field.Length == 0 ? "(resource)" : field, value, why, allowed));
    }

    public void Missing(string path, string allowed) => Report(path, null, "is missing", allowed);

    /// <summary>Something has no effect, and nobody loses by it.</summary>
    public void Ignore(string path, string reason) => notes?.Ignore(path.TrimStart('.'), reason);

    /// <summary>The resource needs a secret that the control plane is to send.</summary>
    public void Ask(string secret, string path) => notes?.Ask(secret, path.TrimStart('.'));

    /// <summary>The object that stands for all equal ones.</summary>
    public T Share<T>(T value)
        where T : class => notes is null ? value : notes.Shared.Of(value);
}
