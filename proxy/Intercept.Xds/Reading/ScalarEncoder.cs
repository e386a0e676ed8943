using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Intercept.Core.Problems;

namespace Intercept.Xds.Reading;

/// <summary>Single values: numbers, text, true and false, enum names, durations, and the wrappers around them.</summary>
internal sealed class ScalarEncoder(string source, ImmutableArray<Problem>.Builder problems)
{
    // google.protobuf.Duration: about ten thousand years.
    private const long MaximumSeconds = 315_576_000_000;

    /// <summary>A message that protobuf's JSON mapping writes as one value.</summary>
    public static bool IsScalarMessage(MessageDescriptor type) => type.FullName is
        "google.protobuf.Duration" or "google.protobuf.BoolValue" or "google.protobuf.UInt32Value" or "google.protobuf.StringValue";

    public ByteString EncodeMessage(ConfigNode node, MessageDescriptor type, string path)
    {
        using var buffer = new MemoryStream();
        using var output = new CodedOutputStream(buffer, leaveOpen: true);
        if (type.FullName == "google.protobuf.Duration")
        {
            EncodeDuration(output, node, type, path);
        }
        else
        {
            Encode(output, type.FindFieldByNumber(1), node, path);
        }

        output.Flush();
        return ByteString.CopyFrom(buffer.ToArray());
    }

    public void Encode(CodedOutputStream output, FieldDescriptor field, ConfigNode node, string path)
    {
        if (node is not ScalarNode scalar || scalar.IsNull || !TryEncode(output, field, scalar))
        {
            Report(node, path, $"is {WhatItIs(node, field.FieldType)}", Form.OfItem(field));
        }
    }

    private static string WhatItIs(ConfigNode node, FieldType type) => (node, type) switch
    {
        (not ScalarNode or ScalarNode { IsNull: true }, _) => $"{Form.Kind(node)}, not a value",
        (ScalarNode { IsText: false } scalar, FieldType.String) when LooksTyped(scalar) => "not text",
        (_, FieldType.String) => "not valid text",
        (_, FieldType.Enum) => "not one of the names",
        (_, FieldType.Bool) => "not true or false",
        (_, FieldType.Bytes) => "not base64",
        _ => "not a whole number in range",
    };

    private static bool TryEncode(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar) => field.FieldType switch
    {
        FieldType.String => TryEncodeText(output, field, scalar),
        FieldType.Bool => TryEncodeBool(output, field, scalar),
        FieldType.UInt32 => TryEncodeUInt32(output, field, scalar),
        FieldType.Int32 => TryEncodeInt32(output, field, scalar),
        FieldType.Enum => TryEncodeEnum(output, field, scalar),
        FieldType.Bytes => TryEncodeBytes(output, field, scalar),
        _ => throw new InvalidOperationException($"{field.FullName} has a type that no proto of ours used before: {field.FieldType}"),
    };

    private static bool TryEncodeText(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar)
    {
        if (LooksTyped(scalar) || scalar.Text.Contains('\0', StringComparison.Ordinal) || HasLoneSurrogate(scalar.Text))
        {
            return false;
        }

        output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteString(scalar.Text);
        return true;
    }

    private static bool TryEncodeBool(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar)
    {
        if (!scalar.IsBool)
        {
            return false;
        }

        output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
        output.WriteBool(scalar.Text == "true");
        return true;
    }

    // The JSON mapping takes numbers in quotes too. Leading zeros and signs are octal or odd elsewhere: refused.
    private static bool TryEncodeUInt32(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar)
    {
        if (HasLeadingZero(scalar.Text) || !uint.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
        output.WriteUInt32(number);
        return true;
    }

    private static bool TryEncodeInt32(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar)
    {
        if (HasLeadingZero(scalar.Text.TrimStart('-')) || !int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || scalar.Text[0] == '+')
        {
            return false;
        }

        output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
        output.WriteInt32(number);
        return true;
    }

    private static bool TryEncodeEnum(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar)
    {
        var value = field.EnumType.FindValueByName(scalar.Text);
        if (value is null && int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            value = field.EnumType.FindValueByNumber(number);
        }

        if (value is null)
        {
            return false;
        }

        output.WriteTag(field.FieldNumber, WireFormat.WireType.Varint);
        output.WriteEnum(value.Number);
        return true;
    }

    private static bool TryEncodeBytes(CodedOutputStream output, FieldDescriptor field, ScalarNode scalar)
    {
        var bytes = new byte[scalar.Text.Length];
        if (!Convert.TryFromBase64String(scalar.Text, bytes, out var written))
        {
            return false;
        }

        output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes, 0, written));
        return true;
    }

    private void EncodeDuration(CodedOutputStream output, ConfigNode node, MessageDescriptor type, string path)
    {
        if (node is not ScalarNode scalar || !TryParseDuration(scalar.Text, out var seconds, out var nanoseconds))
        {
            Report(node, path, "is not a duration", Form.OfMessage(type));
            return;
        }

        output.WriteTag(1, WireFormat.WireType.Varint);
        output.WriteInt64(seconds);
        output.WriteTag(2, WireFormat.WireType.Varint);
        output.WriteInt32(nanoseconds);
    }

    // No field that we read may be negative, so the sign of the JSON mapping is not taken.
    private static bool TryParseDuration(string text, out long seconds, out int nanoseconds)
    {
        (seconds, nanoseconds) = (0, 0);
        if (!text.EndsWith('s'))
        {
            return false;
        }

        var number = text.AsSpan(0, text.Length - 1);
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        if (!long.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds > MaximumSeconds)
        {
            return false;
        }

        if (point < 0)
        {
            return true;
        }

        var fraction = number[(point + 1)..];
        return fraction.Length is > 0 and <= 9
            && int.TryParse(fraction.ToString().PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds);
    }

    private static bool HasLeadingZero(string text) => text.Length > 1 && text[0] == '0';

    // As Envoy has it: 8080 and true are not text unless they are quoted.
    private static bool LooksTyped(ScalarNode scalar) =>
        !scalar.IsText && (scalar.IsBool || double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _));

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))
            {
                return true;
            }
        }

        return false;
    }

    private void Report(ConfigNode node, string path, string why, string allowed) =>
        problems.Add(new Problem(source, node.Line, path, Form.Text(node), why, allowed));
}
