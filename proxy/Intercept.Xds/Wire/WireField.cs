using Google.Protobuf.Reflection;

namespace Intercept.Xds.Wire;

/// <summary>A field number of a message, and what the proxy does with it.</summary>
/// <param name="Descriptor">Null when our protos leave the field out.</param>
/// <param name="Reason">Why it is ignored or refused.</param>
/// <param name="Counter">For a field with messages: which of its message's counters counts them.</param>
internal sealed record WireField(string Name, FieldUse Use, FieldDescriptor? Descriptor, string? Reason, int Counter = -1)
{
    public bool IsMessage => Descriptor?.FieldType == FieldType.Message;

    /// <summary>Whether a value may be written like this. Lists of scalars may be packed or not.</summary>
    public bool Takes(WireKind kind) => Descriptor is null || kind == Expected(Descriptor.FieldType) || (kind == WireKind.Bytes && Descriptor.IsRepeated);

    private static WireKind Expected(FieldType type) => type switch
    {
        FieldType.Message or FieldType.String or FieldType.Bytes => WireKind.Bytes,
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireKind.Fixed64,
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireKind.Fixed32,
        _ => WireKind.Varint,
    };
}
