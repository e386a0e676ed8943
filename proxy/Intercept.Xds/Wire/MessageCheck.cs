using System.Globalization;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Reading;
using Intercept.Xds.Translation;

namespace Intercept.Xds.Wire;

/// <summary>
/// Walks the bytes of a resource before they are parsed, since a parser drops what it does not know: fields that our
/// protos leave out are refused or ignored by name, and whatever is not well formed becomes a problem.
/// </summary>
internal sealed class MessageCheck(TranslationScope scope)
{
    // Well below the parser's own limit of 100.
    public const int MaximumDepth = 64;

    private readonly FieldSteps _steps = new();

    // The first place says it all: a hundred thousand endpoints may have the same field.
    private readonly HashSet<(MessageDescriptor Type, int Number)> _ignored = [];

    /// <summary>False when the bytes are not a message of this type; reported.</summary>
    public bool Check(ReadOnlySpan<byte> message, MessageDescriptor type) => Check(message, WireMessage.Of(type));

    private bool Check(ReadOnlySpan<byte> message, WireMessage type)
    {
        if (_steps.Depth > MaximumDepth)
        {
            scope.Report(_steps.Path(""), null, $"is nested deeper than {MaximumDepth} levels");
            return false;
        }

        Span<int> indexes = stackalloc int[type.Counters];
        indexes.Clear();
        var reader = new WireReader(message);
        var isWell = true;
        while (reader.Read())
        {
            isWell &= CheckField(type, reader, indexes);
        }

        if (reader.IsMalformed)
        {
            scope.Report(_steps.Path(""), null, $"is not the bytes of a {type.Type.FullName}");
        }

        return isWell && !reader.IsMalformed;
    }

    private bool CheckField(WireMessage type, in WireReader reader, Span<int> indexes)
    {
        if (type.Find(reader.Number) is not { } field)
        {
            Ignore(type, reader.Number, reader.Number.ToString(CultureInfo.InvariantCulture), "upstream had no such field when this version was made");
            return true;
        }

        switch (field.Use)
        {
            case FieldUse.Ignored:
                Ignore(type, reader.Number, field.Name, field.Reason!);
                return true;
            case FieldUse.Refused:
                scope.Report(_steps.Path(field.Name), null, field.Reason!);
                return true;
        }

        if (!field.Takes(reader.Kind))
        {
            scope.Report(_steps.Path(field.Name), null, "is not encoded as its type", Form.Of(field.Descriptor!));
            return false;
        }

        if (field.IsMessage)
        {
            return CheckMessage(field, reader.Bytes, indexes[field.Counter]++);
        }

        CheckEnum(field, reader);
        return true;
    }

    private bool CheckMessage(WireField field, ReadOnlySpan<byte> bytes, int index)
    {
        if (index > 0 && !field.Descriptor!.IsRepeated)
        {
            // A parser would merge the two, into a message that neither of them is.
            scope.Report(_steps.Path(field.Name), null, "is given twice", "once");
            return false;
        }

        _steps.Enter(field.Name, field.Descriptor!.IsRepeated ? index : FieldSteps.NoIndex);
        var type = field.Descriptor!.MessageType;
        var isWell = Check(bytes, type);
        if (isWell && type.FullName == Any.Descriptor.FullName && AnyBytes.Open(bytes, out var value) is { } known)
        {
            isWell = Check(value, known);
        }

        _steps.Leave();
        return isWell;
    }

    // Proto3 keeps numbers that no name stands for, and a cast would take them.
    private void CheckEnum(WireField field, in WireReader reader)
    {
        if (field.Descriptor is { FieldType: FieldType.Enum, IsRepeated: false } descriptor && descriptor.EnumType.FindValueByNumber((int)reader.Scalar) is null)
        {
            scope.Report(_steps.Path(field.Name), $"{(int)reader.Scalar}", "is not one of the names", Form.OfItem(descriptor));
        }
    }

    private void Ignore(WireMessage type, int number, string name, string reason)
    {
        if (_ignored.Add((type.Type, number)))
        {
            scope.Ignore(_steps.Path(name), reason);
        }
    }
}
