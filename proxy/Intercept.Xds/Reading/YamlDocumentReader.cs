using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Intercept.Xds.Reading;

/// <summary>
/// YAML events to nodes. Done here rather than with YamlDotNet's representation model, which stops at the first
/// duplicate key and forgets which scalars were quoted.
/// </summary>
internal sealed class YamlDocumentReader
{
    // Aliases may repeat a part many times over: a bound on the work, far above any real bootstrap.
    private const int MaximumNodes = 1_000_000;

    private readonly Dictionary<string, (ConfigNode Node, int Size)> _anchors = [];
    private readonly Parser _parser;
    private int _depth;

    // Aliases counted as what they stand for.
    private int _nodes;

    private YamlDocumentReader(string text) => _parser = new Parser(new StringReader(text));

    public static ConfigNode Read(string text)
    {
        try
        {
            return new YamlDocumentReader(text).ReadDocument();
        }
        catch (YamlException e)
        {
            throw new MalformedDocumentException((int)e.Start.Line, $"is not well-formed YAML: {FirstLine(e.Message)}");
        }
    }

    private static string FirstLine(string message)
    {
        var end = message.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.', ' ', '\r');
    }

    private ConfigNode ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            throw new MalformedDocumentException(1, "is empty", "an Envoy v3 bootstrap");
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode();
        _parser.Consume<DocumentEnd>();
        return _parser.Accept<DocumentStart>(out var second)
            ? throw new MalformedDocumentException((int)second.Start.Line, "holds a second YAML document", "one document")
            : root;
    }

    private ConfigNode ReadNode()
    {
        Count(1);
        if (++_depth > DocumentText.MaximumDepth)
        {
            throw new MalformedDocumentException((int)_parser.Current!.Start.Line, $"is nested deeper than {DocumentText.MaximumDepth} levels");
        }

        var node = _parser.Current switch
        {
            AnchorAlias => ReadAlias(),
            Scalar => ReadScalar(),
            SequenceStart => ReadSequence(),
            MappingStart => ReadMapping(),
            var other => throw new MalformedDocumentException(LineOf(other), "is not well-formed YAML"),
        };
        _depth--;
        return node;
    }

    private ConfigNode ReadAlias()
    {
        var alias = _parser.Consume<AnchorAlias>();
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
        {
            throw new MalformedDocumentException(LineOf(alias), $"refers to the anchor '{alias.Value.Value}', which is not defined before it");
        }

        Count(anchored.Size);
        return anchored.Node;
    }

    private ScalarNode ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        CheckTag(scalar, "tag:yaml.org,2002:str");
        var node = new ScalarNode(LineOf(scalar), scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || !scalar.Tag.IsEmpty);
        return Anchor(scalar, node, 1);
    }

    private SequenceNode ReadSequence()
    {
        var start = _parser.Consume<SequenceStart>();
        CheckTag(start, "tag:yaml.org,2002:seq");
        var before = _nodes;
        var items = new List<ConfigNode>();
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            items.Add(ReadNode());
        }

        _parser.Consume<SequenceEnd>();
        return Anchor(start, new SequenceNode(LineOf(start), items), _nodes - before + 1);
    }

    private MappingNode ReadMapping()
    {
        var start = _parser.Consume<MappingStart>();
        CheckTag(start, "tag:yaml.org,2002:map");
        var before = _nodes;
        var entries = new List<MappingEntry>();
        while (!_parser.Accept<MappingEnd>(out _))
        {
            var keyLine = LineOf(_parser.Current);
            if (ReadNode() is not ScalarNode key)
            {
                throw new MalformedDocumentException(keyLine, "has a key that is not text", "the name of a field");
            }

            entries.Add(new MappingEntry(key.Text, keyLine, ReadNode()));
        }

        _parser.Consume<MappingEnd>();
        return Anchor(start, new MappingNode(LineOf(start), entries), _nodes - before + 1);
    }

    private T Anchor<T>(NodeEvent source, T node, int size)
        where T : ConfigNode
    {
        if (!source.Anchor.IsEmpty)
        {
            _anchors[source.Anchor.Value] = (node, size);
        }

        return node;
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaximumNodes)
        {
            throw new MalformedDocumentException(LineOf(_parser.Current), $"expands to more than {MaximumNodes} values");
        }
    }

    // A tag changes what a value means (!env, !include); only those that say nothing new are let through.
    private static void CheckTag(NodeEvent node, string allowed)
    {
        if (!node.Tag.IsEmpty && node.Tag.Value != allowed && node.Tag.Value != "!")
        {
            throw new MalformedDocumentException(LineOf(node), $"has the YAML tag '{node.Tag.Value}', which is not supported");
        }
    }

    private static int LineOf(ParsingEvent? parsingEvent) => parsingEvent is null ? 0 : (int)parsingEvent.Start.Line;
}
