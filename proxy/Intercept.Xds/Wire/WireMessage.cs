using System.Collections.Concurrent;
using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Wire;

/// <summary>The fields of a message by their numbers: those of our proto, and those that upstream has besides.</summary>
internal sealed class WireMessage
{
    private static readonly ConcurrentDictionary<MessageDescriptor, WireMessage> _known = new();

    private readonly FrozenDictionary<int, WireField> _fields;

    private WireMessage(MessageDescriptor type)
    {
        Type = type;
        var fields = new Dictionary<int, WireField>();
        foreach (var (name, number) in UnsupportedFields.Of(type.FullName))
        {
            fields.Add(number, ToField(type, name, type.FindFieldByNumber(number)));
        }

        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            fields.TryAdd(field.FieldNumber, ToField(type, field.Name, field));
        }

        foreach (var (number, field) in fields.Where(field => field.Value is { Use: FieldUse.Read, IsMessage: true }).ToList())
        {
            fields[number] = field with { Counter = Counters++ };
        }

        _fields = fields.ToFrozenDictionary();
    }

    public MessageDescriptor Type { get; }

    /// <summary>How many fields with messages it has.</summary>
    public int Counters { get; }

    public IEnumerable<KeyValuePair<int, WireField>> Fields => _fields;

    public static WireMessage Of(MessageDescriptor type) => _known.GetOrAdd(type, static type => new WireMessage(type));

    /// <summary>Null for a number that upstream did not have when this was written.</summary>
    public WireField? Find(int number) => _fields.GetValueOrDefault(number);

    private static WireField ToField(MessageDescriptor type, string name, FieldDescriptor? descriptor)
    {
        if (IgnoredFields.Find(type.FullName, name) is { } harmless)
        {
            return new WireField(name, FieldUse.Ignored, descriptor, harmless);
        }

        return UnsupportedFields.Find(type.FullName, name) is { } reason
            ? new WireField(name, FieldUse.Refused, descriptor, reason)
            : new WireField(name, FieldUse.Read, descriptor, null);
    }
}
