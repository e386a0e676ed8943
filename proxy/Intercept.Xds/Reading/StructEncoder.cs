using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Core.Problems;

namespace Intercept.Xds.Reading;

/// <summary>google.protobuf.Struct: free-form metadata.</summary>
internal sealed class StructEncoder(string source, ImmutableArray<Problem>.Builder problems)
{
    // Each level is three messages on the wire, and the parser's limit is 100.
    private const int MaximumDepth = 24;

    public ByteString Encode(ConfigNode node, string path)
    {
        if (node is not MappingNode mapping)
        {
            Report(node.Line, path, $"is {Form.Kind(node)}, not a mapping", "names with values");
            return ByteString.Empty;
        }

        return ToStruct(mapping, path, 0).ToByteString();
    }

    private Struct ToStruct(MappingNode mapping, string path, int depth)
    {
        var result = new Struct();
        foreach (var (key, line, value) in mapping.Entries)
        {
            if (!result.Fields.TryAdd(key, ToValue(value, $"{path}.{key}", depth + 1)))
            {
                Report(line, $"{path}.{key}", "is given twice", "once");
            }
        }

        return result;
    }

    private Value ToValue(ConfigNode node, string path, int depth)
    {
        if (depth > MaximumDepth)
        {
            Report(node.Line, path, $"is nested deeper than {MaximumDepth} levels", null);
            return Value.ForNull();
        }

        return node switch
        {
            MappingNode mapping => Value.ForStruct(ToStruct(mapping, path, depth)),
            SequenceNode list => Value.ForList([.. list.Items.Select((item, i) => ToValue(item, $"{path}[{i}]", depth + 1))]),
            ScalarNode { IsNull: true } => Value.ForNull(),
            ScalarNode { IsBool: true } scalar => Value.ForBool(scalar.Text == "true"),
            ScalarNode { IsText: false } scalar when double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                => Value.ForNumber(number),
            ScalarNode scalar => Value.ForString(scalar.Text),
            _ => Value.ForNull(),
        };
    }

    private void Report(int line, string path, string why, string? allowed) =>
        problems.Add(new Problem(source, line, path, null, why, allowed));
}
