using System.Text;
using System.Text.Json;

namespace Intercept.Xds.Reading;

/// <summary>JSON tokens to nodes, with the line of each.</summary>
internal ref struct JsonDocumentReader
{
    private readonly ReadOnlySpan<byte> _text;
    private Utf8JsonReader _reader;
    private long _countedTo;
    private int _line = 1;

    private JsonDocumentReader(ReadOnlySpan<byte> text)
    {
        _text = text;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = DocumentText.MaximumDepth });
    }

    public static ConfigNode Read(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new MalformedDocumentException(1, "is empty", "an Envoy v3 bootstrap");
        }

        try
        {
            var reader = new JsonDocumentReader(Encoding.UTF8.GetBytes(text));
            reader.Next();
            var root = reader.ReadNode();
            return reader._reader.Read() ? throw new MalformedDocumentException(reader.Line(), "holds a second JSON value") : root;
        }
        catch (JsonException e)
        {
            var message = e.Message;
            var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            throw new MalformedDocumentException(
                (int)(e.LineNumber ?? 0) + 1,
                $"is not well-formed JSON: {(end < 0 ? message : message[..end]).TrimEnd('.')}");
        }
    }

    private void Next()
    {
        if (!_reader.Read())
        {
            throw new MalformedDocumentException(Line(), "ends too early");
        }
    }

    private ConfigNode ReadNode() => _reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(),
        JsonTokenType.StartArray => ReadArray(),
        JsonTokenType.String => new ScalarNode(Line(), ReadText(), IsText: true),
        _ => new ScalarNode(Line(), Encoding.UTF8.GetString(_reader.ValueSpan), IsText: false),
    };

    private MappingNode ReadObject()
    {
        var line = Line();
        var entries = new List<MappingEntry>();
        for (Next(); _reader.TokenType != JsonTokenType.EndObject; Next())
        {
            var (key, keyLine) = (ReadText(), Line());
            Next();
            entries.Add(new MappingEntry(key, keyLine, ReadNode()));
        }

        return new MappingNode(line, entries);
    }

    private SequenceNode ReadArray()
    {
        var line = Line();
        var items = new List<ConfigNode>();
        for (Next(); _reader.TokenType != JsonTokenType.EndArray; Next())
        {
            items.Add(ReadNode());
        }

        return new SequenceNode(line, items);
    }

    private string ReadText()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair.
            throw new MalformedDocumentException(Line(), "holds text that is not valid Unicode");
        }
    }

    private int Line()
    {
        var at = _reader.TokenStartIndex;
        _line += _text[(int)_countedTo..(int)at].Count((byte)'\n');
        _countedTo = at;
        return _line;
    }
}
