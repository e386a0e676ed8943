using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Intercept.Core.Problems;
using Intercept.Xds.Translation;

namespace Intercept.Xds.Reading;

/// <summary>
/// Walks a document against a message's descriptor and writes the message's wire format, as protobuf's JSON mapping
/// defines it but stricter: unknown, repeated and null fields are problems, and every problem is reported. Wire bytes
/// rather than reflection on messages: NativeAOT trims the accessors that reflection needs.
/// </summary>
internal sealed class MessageEncoder(SourceLines lines, ImmutableArray<Problem>.Builder problems)
{
    private readonly ScalarEncoder _scalars = new(lines.Source, problems);
    private readonly StructEncoder _structs = new(lines.Source, problems);

    /// <summary>The message in wire format; incomplete when problems were added.</summary>
    public ByteString Encode(ConfigNode node, MessageDescriptor type, string path)
    {
        lines.Add(path, node.Line);
        if (type.FullName == Any.Descriptor.FullName)
        {
            return EncodeAny(node, path);
        }

        if (type.FullName == Struct.Descriptor.FullName)
        {
            return _structs.Encode(node, path);
        }

        if (ScalarEncoder.IsScalarMessage(type))
        {
            return _scalars.EncodeMessage(node, type, path);
        }

        return node is MappingNode mapping ? EncodeFields(mapping, type, path, "") : ReportNotMapping(node, path);
    }

    private ByteString EncodeFields(MappingNode mapping, MessageDescriptor type, string path, string exceptKey)
    {
        using var buffer = new MemoryStream();
        using var output = new CodedOutputStream(buffer, leaveOpen: true);
        var seen = new Dictionary<string, int>();
        foreach (var (key, line, value) in mapping.Entries)
        {
            if (key == exceptKey)
            {
                continue;
            }

            var field = FindField(type, key);
            var fieldPath = Join(path, field?.Name ?? key);
            if (!seen.TryAdd(field?.Name ?? key, line))
            {
                Report(line, fieldPath, null, $"is given twice, first on {lines.Describe(seen[field?.Name ?? key])}", "once");
            }
            else if (field is null)
            {
                CheckUnknown(type, key, line, fieldPath);
            }
            else if (value is ScalarNode { IsNull: true })
            {
                Report(line, fieldPath, null, "has no value", $"{Form.Of(field)}, or leave the field out");
            }
            else
            {
                CheckOneof(field, seen, line, fieldPath);
                lines.Add(fieldPath, line);
                EncodeField(output, field, value, fieldPath);
            }
        }

        output.Flush();
        return ByteString.CopyFrom(buffer.ToArray());
    }

    private void EncodeField(CodedOutputStream output, FieldDescriptor field, ConfigNode value, string path)
    {
        if (field.IsMap)
        {
            EncodeMap(output, field, value, path);
        }
        else if (!field.IsRepeated)
        {
            EncodeValue(output, field, value, path);
        }
        else if (value is SequenceNode sequence)
        {
            for (var i = 0; i < sequence.Items.Count; i++)
            {
                var itemPath = $"{path}[{i}]";
                lines.Add(itemPath, sequence.Items[i].Line);
                EncodeValue(output, field, sequence.Items[i], itemPath);
            }
        }
        else
        {
            Report(value.Line, path, Form.Text(value), $"is {Form.Kind(value)}, not a list", $"a list of {Form.OfItem(field)}");
        }
    }

    private void EncodeMap(CodedOutputStream output, FieldDescriptor field, ConfigNode value, string path)
    {
        if (value is not MappingNode mapping)
        {
            ReportNotMapping(value, path);
            return;
        }

        var (keyField, valueField) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        var seen = new HashSet<string>();
        foreach (var (key, line, item) in mapping.Entries)
        {
            var itemPath = $"{path}[\"{key}\"]";
            lines.Add(itemPath, line);
            if (!seen.Add(key))
            {
                Report(line, itemPath, null, "is given twice", "once");
                continue;
            }

            using var buffer = new MemoryStream();
            using var entry = new CodedOutputStream(buffer, leaveOpen: true);
            EncodeValue(entry, keyField, new ScalarNode(line, key, IsText: true), itemPath);
            EncodeValue(entry, valueField, item, itemPath);
            entry.Flush();
            output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(buffer.ToArray()));
        }
    }

    private void EncodeValue(CodedOutputStream output, FieldDescriptor field, ConfigNode value, string path)
    {
        if (field.FieldType == FieldType.Message)
        {
            var message = Encode(value, field.MessageType, path);
            output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(message);
        }
        else
        {
            _scalars.Encode(output, field, value, path);
        }
    }

    private ByteString EncodeAny(ConfigNode node, string path)
    {
        const string TypeKey = "@type";
        if (node is not MappingNode mapping)
        {
            return ReportNotMapping(node, path);
        }

        var typed = mapping.Entries.FirstOrDefault(entry => entry.Key == TypeKey);
        if (typed.Value is not ScalarNode { IsNull: false } typeUrl)
        {
            Report(mapping.Line, Join(path, TypeKey), null, "is missing", $"{KnownTypes.UrlPrefix} and the name of a message");
            return ByteString.Empty;
        }

        foreach (var again in mapping.Entries.Where(entry => entry.Key == TypeKey).Skip(1))
        {
            Report(again.Line, Join(path, TypeKey), null, $"is given twice, first on line {typed.Line}", "once");
        }

        lines.Add(Join(path, TypeKey), typed.Line);
        if (IgnoredExtensions.IsKnown(Any.GetTypeName(typeUrl.Text)))
        {
            return new Any { TypeUrl = typeUrl.Text }.ToByteString();
        }

        if (KnownTypes.Find(typeUrl.Text) is not { } type)
        {
            var urls = KnownTypes.Names.Select(name => KnownTypes.UrlPrefix + name).ToList();
            var hint = NearestName.Find(LastName(typeUrl.Text), urls.Select(LastName)) is { } nearest
                ? $"; did you mean '{urls.First(url => LastName(url) == nearest)}'?"
                : "";
            Report(typed.Line, Join(path, TypeKey), typeUrl.Text, $"is not a supported type{hint}", string.Join(", ", urls));
            return ByteString.Empty;
        }

        return new Any { TypeUrl = typeUrl.Text, Value = EncodeFields(mapping, type, path, TypeKey) }.ToByteString();
    }

    private void CheckUnknown(MessageDescriptor type, string key, int line, string path)
    {
        var name = Form.SnakeCase(key);
        if (IgnoredFields.Contains(type.FullName, name))
        {
            return;
        }

        if (UnsupportedFields.Find(type.FullName, name) is { } reason)
        {
            Report(line, path, null, reason, null);
            return;
        }

        var names = SupportedFields.Of(type).Select(field => field.Name).ToList();
        var hint = NearestName.Find(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : "";
        Report(line, path, null, $"is not a field of {type.FullName}{hint}", names.Count == 0 ? "no fields" : string.Join(", ", names));
    }

    private void CheckOneof(FieldDescriptor field, Dictionary<string, int> seen, int line, string path)
    {
        if (field.RealContainingOneof is not { } oneof)
        {
            return;
        }

        var other = oneof.Fields.FirstOrDefault(member => member.Name != field.Name && seen.ContainsKey(member.Name));
        if (other is not null)
        {
            Report(line, path, null, $"excludes '{other.Name}' on {lines.Describe(seen[other.Name])}", $"one of {string.Join(", ", oneof.Fields.Where(SupportedFields.Contains).Select(member => member.Name))}");
        }
    }

    private static FieldDescriptor? FindField(MessageDescriptor type, string key)
    {
        var field = type.FindFieldByName(key) ?? type.Fields.InDeclarationOrder().FirstOrDefault(candidate => candidate.JsonName == key);
        return field is not null && SupportedFields.Contains(field) ? field : null;
    }

    private ByteString ReportNotMapping(ConfigNode node, string path)
    {
        Report(node.Line, path, Form.Text(node), $"is {Form.Kind(node)}, not a mapping", "fields with values");
        return ByteString.Empty;
    }

    // The packages of two extensions are nearly the same text: what people mistype is the message.
    private static string LastName(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('.') + 1)..];

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void Report(int line, string path, string? value, string why, string? allowed) =>
        problems.Add(new Problem(lines.Source, line, path.Length == 0 ? "(document)" : path, value, why, allowed));
}
