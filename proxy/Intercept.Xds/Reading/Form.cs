using System.Text;
using Google.Protobuf.Reflection;

namespace Intercept.Xds.Reading;

/// <summary>The words for what a field takes and what a node is.</summary>
internal static class Form
{
    // A value in a message is a reminder of which one is meant, not the place to read a certificate.
    private const int LongestValue = 80;

    public static string Of(FieldDescriptor field) =>
        field.IsMap ? "names with values" : field.IsRepeated ? $"a list of {OfItem(field)}" : OfItem(field);

    public static string OfItem(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => OfMessage(field.MessageType),
        FieldType.Enum => string.Join(", ", field.EnumType.Values.Select(value => value.Name)),
        var type => OfScalar(type),
    };

    public static string OfMessage(MessageDescriptor type) => type.FullName switch
    {
        "google.protobuf.Duration" => "seconds with 's', such as 5s or 0.25s",
        "google.protobuf.Any" => "a message with its \"@type\"",
        _ when ScalarEncoder.IsScalarMessage(type) => OfScalar(type.FindFieldByNumber(1).FieldType),
        _ => type.Fields.InDeclarationOrder().Count == 0 ? "{}" : type.FullName,
    };

    public static string OfScalar(FieldType type) => type switch
    {
        FieldType.Bool => "true or false",
        FieldType.UInt32 => "a whole number from 0 to 4294967295",
        FieldType.Int32 => "a whole number from -2147483648 to 2147483647",
        FieldType.Bytes => "base64 text",
        _ => "text (put numbers and true or false in quotes)",
    };

    public static string Kind(ConfigNode node) => node switch
    {
        MappingNode => "a mapping",
        SequenceNode => "a list",
        ScalarNode { IsNull: true } => "empty",
        _ => "a single value",
    };

    public static string? Text(ConfigNode node) =>
        node is not ScalarNode scalar || scalar.IsNull ? null : scalar.Text.Length <= LongestValue ? scalar.Text : scalar.Text[..LongestValue] + "...";

    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
