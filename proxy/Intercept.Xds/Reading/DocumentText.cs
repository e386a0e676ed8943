using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Xds.Reading;

/// <summary>Parses a document into nodes: JSON by its file name, else YAML (of which JSON is nearly a part).</summary>
internal static class DocumentText
{
    // Protobuf's own limit is 100 messages deep, and a node costs at most three of them in a Struct.
    public const int MaximumDepth = 64;

    /// <summary>Null when the text is not well formed; the problem says why.</summary>
    public static ConfigNode? Parse(string fileName, string text, ImmutableArray<Problem>.Builder problems)
    {
        var body = text.StartsWith('\ufeff') ? text[1..] : text;
        try
        {
            return fileName.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? JsonDocumentReader.Read(body) : YamlDocumentReader.Read(body);
        }
        catch (MalformedDocumentException e)
        {
            problems.Add(new Problem(fileName, e.Line, "(document)", null, e.Message, e.Allowed));
            return null;
        }
    }
}
