using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Translation;

/// <summary>Where the translation of one resource stands: problems found so far, and the line of every field.</summary>
internal sealed class TranslationScope(SourceLines lines, ImmutableArray<Problem>.Builder problems)
{
    public void Report(string path, string? value, string why, string? allowed = null) =>
        problems.Add(new Problem(lines.Source, lines.Find(path), path, value, why, allowed));

    public void Missing(string path, string allowed) => Report(path, null, "is missing", allowed);
}
