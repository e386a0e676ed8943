using Intercept.Core.Problems;

namespace Intercept.Xds.Reading;

/// <summary>Where each field of a read document stands, so that checks on the message can still name the line.</summary>
/// <param name="source">The name of the document.</param>
/// <param name="ownLines">Lines after this one are those of an overlay. See <see cref="DocumentMerge"/>.</param>
internal sealed class SourceLines(string source, int ownLines = int.MaxValue)
{
    private readonly Dictionary<string, int> _lines = [];

    public string Source { get; } = source;

    public int OwnLines { get; } = ownLines;

    public void Add(string path, int line) => _lines.TryAdd(path, line);

    /// <summary>Gives a problem the document that it is in and the line there.</summary>
    public Problem Locate(Problem problem) => problem.Source == Source && problem.Line > OwnLines
        ? problem with { Source = BootstrapInput.OverlayName, Line = problem.Line - OwnLines }
        : problem;

    /// <summary>"line 12", and of which document where that is a question.</summary>
    public string Describe(int line) => OwnLines == int.MaxValue ? $"line {line}"
        : line > OwnLines ? $"line {line - OwnLines} of {BootstrapInput.OverlayName}" : $"line {line} of {Source}";

    /// <summary>The line of a field, or of the nearest field around it that is in the text.</summary>
    public int Find(string path)
    {
        for (var end = path.Length; end > 0; end = path.AsSpan(0, end).LastIndexOfAny('.', '['))
        {
            if (_lines.TryGetValue(path[..end], out var line))
            {
                return line;
            }
        }

        return _lines.GetValueOrDefault("", 0);
    }
}
