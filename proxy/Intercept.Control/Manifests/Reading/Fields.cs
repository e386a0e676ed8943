using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests.Reading;

/// <summary>
/// A mapping of a manifest while it is read: hands out its fields, reports what is wrong with each, and at the end
/// whatever nobody asked for. A reader goes on after a problem; the scope knows that there was one.
/// </summary>
internal sealed partial class Fields
{
    private readonly Dictionary<string, MappingEntry> _entries = [];
    private readonly SortedSet<string> _known = new(StringComparer.Ordinal);
    private readonly string _path;
    private bool _isOpen;

    public Fields(ReadingScope scope, MappingNode node, string path)
    {
        (Scope, Line, _path) = (scope, node.Line, path);
        foreach (var entry in node.Entries)
        {
            if (!_entries.TryAdd(entry.Key, entry))
            {
                Report(entry.Line, entry.Key, null, $"is there twice, first on line {_entries[entry.Key].Line}", null);
            }
        }
    }

    public ReadingScope Scope { get; }

    public int Line { get; }

    public IEnumerable<MappingEntry> Entries => _entries.Values;

    /// <summary>Reads a mapping with everything in it, and reports what is left over.</summary>
    public static T? Read<T>(ReadingScope scope, ConfigNode node, string path, Func<Fields, T?> read)
    {
        if (node is not MappingNode mapping)
        {
            // "spec:" with nothing below it is a mapping without fields to everyone who writes one.
            if (node is not ScalarNode { IsNull: true })
            {
                scope.Problems.Add(new Problem(scope.Source, node.Line, path, Form.Text(node), $"is {Form.Kind(node)}", "a mapping"));
                return default;
            }

            mapping = new MappingNode(node.Line, []);
        }

        var fields = new Fields(scope, mapping, path);
        var value = read(fields);
        fields.Close();
        return value;
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>Null when it is absent or empty.</summary>
    public ConfigNode? Find(string name)
    {
        _known.Add(name);
        return _entries.TryGetValue(name, out var entry) && entry.Value is not ScalarNode { IsNull: true } ? entry.Value : null;
    }

    public void Require(string name, string allowed)
    {
        if (Find(name) is null)
        {
            Report(Line, name, null, "is missing", allowed);
        }
    }

    /// <summary>Fields of others, which say nothing about the mesh.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _known.Add(name);
        }
    }

    /// <summary>A mapping of which others own the most, such as a pod's spec: nothing is left over in it.</summary>
    public void IgnoreOthers() => _isOpen = true;

    /// <summary>A field that is known and not supported, of which it would be wrong to make nothing.</summary>
    public void Refuse(string name, string why, string? allowed = null)
    {
        if (Find(name) is { } node)
        {
            Report(node.Line, name, Form.Text(node), why, allowed);
        }
    }

    /// <summary>A field that is known and not supported, without which the mesh is as safe.</summary>
    /// <param name="except">The value that asks for nothing: the default, which kubectl writes out.</param>
    public void Warn(string name, string why, string? except = null)
    {
        if (Find(name) is { } node && (except is null || node is not ScalarNode scalar || scalar.Text != except))
        {
            Scope.Warnings.Add(new Problem(Scope.Source, node.Line, PathOf(name), Form.Text(node), why, null));
        }
    }

    public void Report(string name, string? value, string why, string? allowed = null) =>
        Report(_entries.TryGetValue(name, out var entry) ? entry.Value.Line : Line, name, value, why, allowed);

    public void Report(int line, string name, string? value, string why, string? allowed) =>
        Scope.Problems.Add(new Problem(Scope.Source, line, PathOf(name), value, why, allowed));

    public string PathOf(string name) => name.Length == 0 ? _path : _path.Length == 0 ? name : $"{_path}.{name}";

    private void Close()
    {
        if (_isOpen || Scope.AllowsUnknownFields)
        {
            return;
        }

        foreach (var entry in _entries.Values.Where(entry => !_known.Contains(entry.Key)))
        {
            var nearest = NearestName.Find(entry.Key, _known);
            Report(entry.Line, entry.Key, null, "is not a field here", nearest is null ? string.Join(", ", _known) : $"{nearest} (the nearest name)");
        }
    }
}
