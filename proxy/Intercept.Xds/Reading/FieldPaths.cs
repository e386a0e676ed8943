namespace Intercept.Xds.Reading;

/// <summary>
/// A set of field paths (static_resources.listeners[0].address) that is asked about other paths in steps of their own
/// length: a bootstrap may be wrong in very many places.
/// </summary>
internal sealed class FieldPaths
{
    private readonly HashSet<string> _paths = [];

    // Every path with all that is around it.
    private readonly HashSet<string> _around = [];

    public FieldPaths(IEnumerable<string> paths)
    {
        foreach (var path in paths.Where(_paths.Add))
        {
            _around.UnionWith(AtAndAround(path));
        }
    }

    /// <summary>Whether a path is one of these, lies within one of them, or has one of them within it.</summary>
    public bool Touch(string path) => _around.Contains(path) || AtAndAround(path).Any(_paths.Contains);

    private static IEnumerable<string> AtAndAround(string path)
    {
        for (var end = path.Length; end > 0; end = path.AsSpan(0, end).LastIndexOfAny('.', '['))
        {
            yield return path[..end];
        }
    }
}
