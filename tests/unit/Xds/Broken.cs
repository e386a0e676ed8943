using Intercept.Core.Problems;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>
/// A bootstrap broken in one place. The new text carries a mark at each place whose line a problem is to name, in the
/// order of the problems; a problem without a mark of its own names the last one.
/// </summary>
internal static class Broken
{
    private const char Mark = '§';
    private const string File = "complete.yaml";

    /// <summary>Replaces text that stands exactly once in complete.yaml, reads the result, and compares every problem.</summary>
    public static void Refuses(string from, string to, params BadField[] expected) =>
        RefusesText(File, Replace(Bootstraps.Text(File), from, to), expected);

    /// <summary>As above, in two places of the text.</summary>
    public static void Refuses(string from, string to, string fromElsewhere, string toElsewhere, params BadField[] expected)
    {
        var text = Replace(Bootstraps.Text(File), fromElsewhere, toElsewhere);
        RefusesText(File, Replace(text, from, to), expected);
    }

    public static void RefusesText(string file, string marked, params BadField[] expected)
    {
        var parts = marked.Split(Mark);
        Assert.True(parts.Length > 1, $"there is no {Mark} in the text");
        var lines = new List<int>();
        for (var i = 0; i < parts.Length - 1; i++)
        {
            lines.Add(parts[..(i + 1)].Sum(part => part.Count(c => c == '\n')) + 1);
        }

        var result = BootstrapReader.Read(file, string.Concat(parts));
        Assert.Null(result.Snapshot);
        var problems = expected.Select((bad, i) => new Problem(file, lines[Math.Min(i, lines.Count - 1)], bad.Path, bad.Value, bad.Why, bad.Allowed));
        Assert.Equal(string.Join('\n', problems), string.Join('\n', result.Problems));
    }

    private static string Replace(string text, string from, string to)
    {
        Assert.Equal(2, text.Split(from).Length);
        return text.Replace(from, to, StringComparison.Ordinal);
    }
}
