using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;

namespace Intercept.Xds.Translation;

/// <summary>google.protobuf.Struct to JSON and back, without the reflection that protobuf's own formatter needs.</summary>
internal static class StructJson
{
    public static string Write(Struct? value)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            Write(json, value ?? new Struct());
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static Struct Read(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? ReadObject(document.RootElement)
            : throw new JsonException("node metadata is not a JSON object");
    }

    private static void Write(Utf8JsonWriter json, Struct value)
    {
        json.WriteStartObject();
        foreach (var field in value.Fields.OrderBy(field => field.Key, StringComparer.Ordinal))
        {
            json.WritePropertyName(field.Key);
            Write(json, field.Value);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Value value)
    {
        switch (value.KindCase)
        {
            case Value.KindOneofCase.BoolValue:
                json.WriteBooleanValue(value.BoolValue);
                break;
            case Value.KindOneofCase.NumberValue:
                json.WriteNumberValue(value.NumberValue);
                break;
            case Value.KindOneofCase.StringValue:
                json.WriteStringValue(value.StringValue);
                break;
            case Value.KindOneofCase.StructValue:
                Write(json, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                json.WriteStartArray();
                foreach (var item in value.ListValue.Values)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static Struct ReadObject(JsonElement element)
    {
        var value = new Struct();
        foreach (var property in element.EnumerateObject())
        {
            value.Fields[property.Name] = ReadValue(property.Value);
        }

        return value;
    }

    private static Value ReadValue(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => Value.ForBool(true),
        JsonValueKind.False => Value.ForBool(false),
        JsonValueKind.Number => Value.ForNumber(element.GetDouble()),
        JsonValueKind.String => Value.ForString(element.GetString()),
        JsonValueKind.Object => Value.ForStruct(ReadObject(element)),
        JsonValueKind.Array => Value.ForList([.. element.EnumerateArray().Select(ReadValue)]),
        _ => Value.ForNull(),
    };
}
