using System.Collections.Immutable;
using System.Text.Json;

namespace Intercept.Node.Installation;

/// <summary>
/// A file of network configuration as libcni reads it: what it means, and where in its bytes the plugins stand, so that one can be put
/// in or taken out and every other byte stays.
/// </summary>
internal sealed record CniText
{
    /// <summary>Larger ones are not read: a runtime would hand all of it to every plugin.</summary>
    public const int LargestFile = 1024 * 1024;

    private CniText()
    {
    }

    public required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The network's; empty where a lone plugin has none.</summary>
    public required string Name { get; init; }

    /// <summary>Empty where none is given.</summary>
    public required string Version { get; init; }

    /// <summary>Of a .conflist; else the one plugin is the whole of the file.</summary>
    public required bool IsList { get; init; }

    public required ImmutableArray<CniPluginText> Plugins { get; init; }

    /// <param name="isList">By the file's name: libcni does not look at what is in it.</param>
    /// <returns>Null for what no runtime takes, and why.</returns>
    public static (CniText? Text, string Why) Read(ReadOnlyMemory<byte> bytes, bool isList)
    {
        if (bytes.Length > LargestFile)
        {
            return (null, $"is larger than {LargestFile / 1024} KiB");
        }

        try
        {
            return isList ? ReadList(bytes) : ReadLone(bytes);
        }
        catch (JsonException failure)
        {
            return (null, bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0
                ? "is empty"
                : $"is not JSON (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1})");
        }
    }

    private static (CniText? Text, string Why) ReadList(ReadOnlyMemory<byte> bytes)
    {
        string name = "", version = "";
        ImmutableArray<CniPluginText>? plugins = null;
        var why = Walk(bytes, (ref Utf8JsonReader reader, string key) =>
        {
            switch (key)
            {
                case "name":
                    name = Text(ref reader);
                    break;
                case "cniVersion":
                    version = Text(ref reader);
                    break;
                case "plugins":
                    // Of a key that is there twice the last one counts, as in Go.
                    plugins = ReadPlugins(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        });
        why ??= name.Length == 0 ? "has no name"
            : plugins is not { Length: > 0 } ? "has no list of plugins"
            : plugins.Value.Any(plugin => plugin.Type.Length == 0) ? "has a plugin without a type" : null;
        return why is null
            ? (new CniText { Bytes = bytes, Name = name, Version = version, IsList = true, Plugins = plugins!.Value }, "")
            : (null, why);
    }

    private static (CniText? Text, string Why) ReadLone(ReadOnlyMemory<byte> bytes)
    {
        string name = "", version = "", type = "";
        var why = Walk(bytes, (ref Utf8JsonReader reader, string key) =>
        {
            switch (key)
            {
                case "name":
                    name = Text(ref reader);
                    break;
                case "cniVersion":
                    version = Text(ref reader);
                    break;
                case "type":
                    type = Text(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        });
        why ??= type.Length == 0 ? "has no type" : null;
        if (why is not null)
        {
            return (null, why);
        }

        var start = bytes.Span.IndexOf((byte)'{');
        var plugin = new CniPluginText(type, start, bytes.Span.LastIndexOf((byte)'}') + 1);
        return (new CniText { Bytes = bytes, Name = name, Version = version, IsList = false, Plugins = [plugin] }, "");
    }

    private delegate void FieldReader(ref Utf8JsonReader reader, string key);

    // The whole of it is read, so that what follows a good beginning is found too.
    private static string? Walk(ReadOnlyMemory<byte> bytes, FieldReader field)
    {
        var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { MaxDepth = 1000 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "is not an object";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            field(ref reader, key);
        }

        return reader.Read() ? "has more than one object" : null;
    }

    private static ImmutableArray<CniPluginText>? ReadPlugins(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var plugins = ImmutableArray.CreateBuilder<CniPluginText>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            var type = reader.TokenType == JsonTokenType.StartObject ? ReadType(ref reader) : "";
            reader.Skip();
            plugins.Add(new CniPluginText(type, start, (int)reader.BytesConsumed));
        }

        return plugins.ToImmutable();
    }

    // Ends at the object's end.
    private static string ReadType(ref Utf8JsonReader reader)
    {
        var type = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                type = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return type;
    }

    private static string Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString()!;
        }

        reader.Skip();
        return "";
    }
}
