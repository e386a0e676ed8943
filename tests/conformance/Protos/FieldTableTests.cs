using Envoy.Config.Bootstrap.V3;
using Google.Protobuf.Reflection;
using Intercept.Xds.Reading;

namespace Intercept.Tests.Conformance.Protos;

/// <summary>What we do with the fields of upstream, by the tables of Intercept.Xds.</summary>
public sealed class FieldTableTests
{
    [Fact]
    public async Task Every_field_of_upstream_is_read_refused_by_name_or_ignored_with_a_reason()
    {
        var (_, upstream) = await UpstreamProtos.ReadBothAsync();
        var messages = new Dictionary<string, MessageDescriptor>();
        foreach (var root in KnownTypes.Names.Select(name => KnownTypes.Find(KnownTypes.UrlPrefix + name)!).Append(Bootstrap.Descriptor))
        {
            AddReachable(root, messages);
        }

        string[] forgotten = [.. messages.Values.Where(message => upstream.Messages.ContainsKey(message.FullName))
            .SelectMany(message => upstream.Messages[message.FullName].Field.Select(field => field.Name)
                .Where(field => message.FindFieldByName(field) is null && IsRead(message, field))
                .Select(field => $"{message.FullName}.{field}"))];
        Assert.True(forgotten.Length == 0, string.Join('\n', forgotten));
    }

    [Fact]
    public async Task Every_refused_field_has_the_number_of_upstream()
    {
        // By its number it is recognized on the wire: a wrong one would let the field through.
        var (_, upstream) = await UpstreamProtos.ReadBothAsync();
        string[] wrong =
        [
            .. upstream.Messages.SelectMany(message => UnsupportedFields.Of(message.Key)
                .Where(refused => message.Value.Field.Any(field => (field.Name == refused.Key) != (field.Number == refused.Value)))
                .Select(refused => $"{message.Key}.{refused.Key} = {refused.Value}")),
        ];

        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        Assert.Contains(upstream.Messages.Keys, message => UnsupportedFields.Of(message).Any());
    }

    private static void AddReachable(MessageDescriptor message, Dictionary<string, MessageDescriptor> reached)
    {
        // Google's own are taken whole.
        if (message.FullName.StartsWith("google.", StringComparison.Ordinal) || !reached.TryAdd(message.FullName, message))
        {
            return;
        }

        foreach (var field in message.Fields.InDeclarationOrder().Where(field => field.FieldType == FieldType.Message && IsRead(message, field.Name)))
        {
            AddReachable(field.MessageType, reached);
        }
    }

    private static bool IsRead(MessageDescriptor message, string field) =>
        UnsupportedFields.Find(message.FullName, field) is null && !IgnoredFields.Contains(message.FullName, field);
}
