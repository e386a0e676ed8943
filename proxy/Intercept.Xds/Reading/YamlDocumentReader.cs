using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Intercept.Xds.Reading;

/// <summary>
/// YAML events to nodes. Done here rather than with YamlDotNet's representation model, which stops at the first
/// duplicate key and forgets which scalars were quoted.
/// </summary>
internal sealed class YamlDocumentReader
{
    // Aliases may repeat a part many times over: a bound on the work for them, far above any real document's. Without
    // aliases a text has no more values than it has letters.
    private const int AliasedNodes = 1_000_000;

    private readonly Dictionary<string, Anchored> _anchors = [];
    private readonly Parser _parser;
    private readonly int _maximumNodes;

    // Levels around the node being read, and the deepest level read so far; aliases count as what they stand for.
    private int _depth;
    private int _deepest;

    // Aliases counted as what they stand for.
    private int _nodes;

    private YamlDocumentReader(string text)
    {
        _parser = new Parser(new StringReader(text));
        _maximumNodes = AliasedNodes + text.Length;
    }

    private long LineReached => _parser.Current?.End.Line ?? 1;

    public static ConfigNode Read(string text) => new YamlDocumentReader(text).Translated(reader => reader.ReadDocument());

    /// <summary>
    /// The documents of a stream, one after the other, as they are asked for; empty ones between two marks are left out.
    /// What was read before the text turns out to be malformed is good.
    /// </summary>
    public static IEnumerable<ConfigNode> ReadAll(string text)
    {
        var reader = new YamlDocumentReader(text);
        reader.Translated(it => it._parser.Consume<StreamStart>());
        while (reader.Translated(it => it.ReadNextDocument()) is { } document)
        {
            if (document is not ScalarNode { IsNull: true })
            {
                yield return document;
            }
        }
    }

    private static string FirstLine(string message)
    {
        var end = message.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.', ' ', '\r');
    }

    // YamlDotNet's ways of giving up, as the one that callers know.
    private T Translated<T>(Func<YamlDocumentReader, T> read)
    {
        try
        {
            return read(this);
        }
        catch (YamlException e)
        {
            // Of a tab in the indentation YamlDotNet names the start of the document: what was read last is nearer.
            throw new MalformedDocumentException((int)Math.Max(e.Start.Line, LineReached), $"is not well-formed YAML: {FirstLine(e.Message)}");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner gives up like this on some text, such as a flow mapping that is not closed on its line.
            throw new MalformedDocumentException((int)LineReached, "is not well-formed YAML: the text after this cannot be read");
        }
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

    private ConfigNode? ReadNextDocument()
    {
        if (_parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        // Anchors do not reach into the next document, and each has the whole bound to itself.
        _anchors.Clear();
        _nodes = 0;
        _parser.Consume<DocumentStart>();
        var root = ReadNode();
        _parser.Consume<DocumentEnd>();
        return root;
    }

    private ConfigNode ReadNode()
    {
        Count(1);
        Descend(++_depth);
        var (nodesBefore, deepestBefore) = (_nodes, _deepest);
        _deepest = _depth;
        var anchor = (_parser.Current as NodeEvent)?.Anchor ?? AnchorName.Empty;
        var node = _parser.Current switch
        {
            AnchorAlias => ReadAlias(),
            Scalar => ReadScalar(),
            SequenceStart => ReadSequence(),
            MappingStart => ReadMapping(),
            var other => throw new MalformedDocumentException(LineOf(other), "is not well-formed YAML"),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = new Anchored(node, _nodes - nodesBefore + 1, _deepest - _depth);
        }

        _deepest = Math.Max(_deepest, deepestBefore);
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
        Descend(_depth + anchored.Height);
        return anchored.Node;
    }

    private ScalarNode ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        CheckTag(scalar, "tag:yaml.org,2002:str");
        return new ScalarNode(LineOf(scalar), scalar.Value, scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || !scalar.Tag.IsEmpty);
    }

    private SequenceNode ReadSequence()
    {
        var start = _parser.Consume<SequenceStart>();
        CheckTag(start, "tag:yaml.org,2002:seq");
        var items = new List<ConfigNode>();
        while (!_parser.Accept<SequenceEnd>(out _))
        {
            items.Add(ReadNode());
        }

        _parser.Consume<SequenceEnd>();
        return new SequenceNode(LineOf(start), items);
    }

    private MappingNode ReadMapping()
    {
        var start = _parser.Consume<MappingStart>();
        CheckTag(start, "tag:yaml.org,2002:map");
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
        return new MappingNode(LineOf(start), entries);
    }

    private void Count(int nodes)
    {
        _nodes += nodes;
        if (_nodes > _maximumNodes)
        {
            throw new MalformedDocumentException(LineOf(_parser.Current), $"expands to more than {_maximumNodes} values");
        }
    }

    private void Descend(int level)
    {
        if (level > DocumentText.MaximumDepth)
        {
            throw new MalformedDocumentException(LineOf(_parser.Current), $"is nested deeper than {DocumentText.MaximumDepth} levels");
        }

        _deepest = Math.Max(_deepest, level);
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

    /// <param name="Size">How many values it stands for.</param>
    /// <param name="Height">How many levels are inside it.</param>
    private readonly record struct Anchored(ConfigNode Node, int Size, int Height);
}
