namespace Intercept.Xds.Reading;

/// <summary>Where each field of a read document stands, so that checks on the message can still name the line.</summary>
internal sealed class SourceLines(string source)
{
    private readonly Dictionary<string, int> _lines = [];

    public string Source { get; } = source;

    public void Add(string path, int line) => _lines.TryAdd(path, line);

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
