using System.Collections.Immutable;
using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests;

/// <summary>Reads the text of a file into objects. Pure: the same text gives the same objects and the same problems.</summary>
internal sealed class ManifestReader
{
    private const string Document = "(document)";

    private readonly ImmutableArray<ManifestObject>.Builder _objects = ImmutableArray.CreateBuilder<ManifestObject>();
    private readonly SortedDictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private readonly ReadingScope _scope;

    private ManifestReader(ReadingScope scope) => _scope = scope;

    public static ManifestReading ReadFile(string name, string text, MeshOptions options)
    {
        var reader = new ManifestReader(new ReadingScope(name, options));
        reader.ReadText(name, text.StartsWith('\ufeff') ? text[1..] : text);
        return reader.Result();
    }

    /// <summary>One object as the Kubernetes API gives it.</summary>
    public static ManifestReading ReadObject(string source, ManifestKind kind, MappingNode node, MeshOptions options)
    {
        var reader = new ManifestReader(new ReadingScope(source, options, allowsUnknownFields: kind.IsCore));
        reader.ReadObject(node, "", kind, new Origin(source, 0));

        // What comes over the network is one line.
        var reading = reader.Result();
        return reading with
        {
            Problems = [.. reading.Problems.Select(problem => problem with { Line = 0 })],
            Warnings = [.. reading.Warnings.Select(warning => warning with { Line = 0 })],
        };
    }

    private ManifestReading Result() => new(
        _objects.ToImmutable(),
        [.. _scope.Problems.OrderBy(problem => problem.Line)],
        _scope.Warnings.ToImmutable(),
        _skipped.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private void ReadText(string name, string text)
    {
        try
        {
            // A file that is being written is empty for a moment, and one on a full disk for longer: never "nothing at all".
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new MalformedDocumentException(1, "is empty", "a manifest; remove the file if there is none");
            }

            if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                ReadDocument(JsonDocumentReader.Read(text), "", null);
                return;
            }

            foreach (var document in YamlDocumentReader.ReadAll(text))
            {
                ReadDocument(document, "", null);
            }
        }
        catch (MalformedDocumentException e)
        {
            _scope.Problems.Add(new Problem(_scope.Source, e.Line, Document, null, e.Message, e.Allowed));
        }
    }

    /// <param name="listed">Of an item of a typed list, which does not say itself what it is.</param>
    private void ReadDocument(ConfigNode document, string path, ManifestType? listed)
    {
        if (document is not MappingNode mapping)
        {
            Report(document.Line, path.Length == 0 ? Document : path, Form.Text(document), $"is {Form.Kind(document)}", "a manifest with apiVersion and kind");
            return;
        }

        if (ManifestType.Of(mapping, listed) is not { } type)
        {
            Report(mapping.Line, path.Length == 0 ? Document : path, null, "has no apiVersion and kind", "a manifest, such as one that kubectl get -o yaml prints");
            return;
        }

        if (type.Kind.EndsWith("List", StringComparison.Ordinal) && Entry(mapping, "items") is { } items)
        {
            ReadItems(items, path.Length == 0 ? "items" : $"{path}.items", type with { Kind = type.Kind[..^"List".Length] });
        }
        else if (ManifestKinds.All.FirstOrDefault(kind => kind.Kind == type.Kind && kind.Group == type.Group) is { } kind)
        {
            if (!kind.Versions.Contains(type.Version))
            {
                Report(mapping.Line, "apiVersion", type.ApiVersion, $"is not a version of {kind.Kind} that is read", string.Join(", ", kind.Versions.Select(version => kind.Group.Length == 0 ? version : $"{kind.Group}/{version}")));
            }

            ReadObject(mapping, path, kind, new Origin(_scope.Source, mapping.Line));
        }
        else
        {
            ReadOther(mapping, type);
        }
    }

    private void ReadItems(ConfigNode items, string path, ManifestType listed)
    {
        if (items is not SequenceNode sequence)
        {
            Report(items.Line, path, Form.Text(items), $"is {Form.Kind(items)}", "a list of manifests");
            return;
        }

        for (var i = 0; i < sequence.Items.Count; i++)
        {
            ReadDocument(sequence.Items[i], $"{path}[{i}]", listed);
        }
    }

    private void ReadObject(MappingNode mapping, string path, ManifestKind kind, Origin origin)
    {
        var problems = _scope.Problems.Count;
        var read = Fields.Read(_scope, mapping, path, fields =>
        {
            fields.Ignore("apiVersion", "kind");
            var meta = MetadataReader.Read(fields, kind, origin);

            // Without a name there is no object, but its other mistakes are worth telling all the same.
            var value = kind.Read(fields, meta ?? new ResourceMeta("default", "unnamed", default, default, null, origin));
            return meta is null ? null : new ManifestObject(new ObjectKey(kind.Kind, meta.Namespace, meta.Name), value, origin);
        });
        if (read is not null)
        {
            _objects.Add(_scope.Problems.Count == problems ? read : read with { Value = null });
        }
    }

    private void ReadOther(MappingNode mapping, ManifestType type)
    {
        if (ManifestKinds.Refused.FirstOrDefault(type.Is) is { } refused)
        {
            Report(mapping.Line, "kind", type.Kind, refused.Why, null);
        }
        else if (ManifestKinds.WithoutEffect.FirstOrDefault(type.Is) is { } ignored)
        {
            _scope.Warnings.Add(new Problem(_scope.Source, mapping.Line, "kind", type.Kind, ignored.Why, null));
        }
        else if (type.Misspelled() is { } meant)
        {
            Report(mapping.Line, meant.Field, meant.Field == "kind" ? type.Kind : type.ApiVersion, "is not known", meant.Allowed);
        }
        else
        {
            _skipped[type.Name] = _skipped.GetValueOrDefault(type.Name) + 1;
        }
    }

    private void Report(int line, string field, string? value, string why, string? allowed) =>
        _scope.Problems.Add(new Problem(_scope.Source, line, field, value, why, allowed));

    private static ConfigNode? Entry(MappingNode mapping, string name) => mapping.Entries.FirstOrDefault(entry => entry.Key == name).Value;
}
