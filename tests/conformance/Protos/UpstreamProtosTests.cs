using Google.Protobuf.Reflection;

namespace Intercept.Tests.Conformance.Protos;

/// <summary>Our protos are written by hand and leave out what is not used: what they have is what upstream has.</summary>
public sealed class UpstreamProtosTests
{
    // In Envoy since the package was made.
    private static readonly string[] _newer =
    [
        "envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget.budget_interval",
        "envoy.service.discovery.v3.DeltaDiscoveryResponse.resource_errors",
        "envoy.service.discovery.v3.DiscoveryResponse.resource_errors",
        "envoy.service.discovery.v3.ResourceError",
    ];

    [Fact]
    public async Task Every_message_field_enumeration_and_method_is_as_upstream_has_it()
    {
        var (ours, upstream) = await UpstreamProtos.ReadBothAsync();
        var differences = new List<string>();
        foreach (var (name, message) in ours.Messages.Where(message => upstream.Messages.ContainsKey(message.Key)))
        {
            differences.AddRange(Differences(name, message, upstream.Messages[name]));
        }

        foreach (var (name, declared) in ours.Enums.Where(declared => upstream.Enums.ContainsKey(declared.Key)))
        {
            differences.AddRange(Differences(name, declared, upstream.Enums[name]));
        }

        foreach (var (name, service) in ours.Services.Where(service => upstream.Services.ContainsKey(service.Key)))
        {
            differences.AddRange(service.Method.Where(method => !upstream.Services[name].Method.Any(theirs => SameMethod(method, theirs)))
                .Select(method => $"{name}.{method.Name}"));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Every_name_is_one_of_upstream_and_stands_in_the_file_of_upstream()
    {
        var (ours, upstream) = await UpstreamProtos.ReadBothAsync();

        Assert.Empty(ours.Messages.Keys.Except(upstream.Messages.Keys).Except(_newer));
        Assert.Empty(ours.Enums.Keys.Except(upstream.Enums.Keys));
        Assert.Empty(ours.Services.Keys.Except(upstream.Services.Keys));
        Assert.All(ours.Files.Values, file =>
        {
            var theirs = upstream.Files[file.Name];
            Assert.Equal(theirs.Package, file.Package);
            Assert.Empty(file.MessageType.Select(message => message.Name).Except(theirs.MessageType.Select(message => message.Name))
                .Where(name => !_newer.Contains($"{file.Package}.{name}")));
            Assert.Empty(file.EnumType.Select(declared => declared.Name).Except(theirs.EnumType.Select(declared => declared.Name)));
        });
        Assert.True(ours.Messages.Count > 100, $"only {ours.Messages.Count} messages were compared");
    }

    [Fact]
    public async Task Nothing_is_held_for_newer_than_upstream_that_upstream_has()
    {
        var (_, upstream) = await UpstreamProtos.ReadBothAsync();

        Assert.DoesNotContain(_newer, upstream.Messages.ContainsKey);
        Assert.DoesNotContain(_newer, field => upstream.Messages.TryGetValue(field[..field.LastIndexOf('.')], out var message)
            && message.Field.Any(other => other.Name == field[(field.LastIndexOf('.') + 1)..]));
    }

    private static IEnumerable<string> Differences(string name, DescriptorProto ours, DescriptorProto theirs)
    {
        foreach (var field in ours.Field.Where(field => !_newer.Contains($"{name}.{field.Name}")))
        {
            var upstream = theirs.Field.FirstOrDefault(other => other.Name == field.Name);
            var (was, should) = (Describe(ours, field), upstream is null ? "no such field" : Describe(theirs, upstream));
            if (was != should)
            {
                yield return $"{name}.{field.Name}: {was}, upstream {should}";
            }
        }

        if ((ours.Options?.MapEntry ?? false) != (theirs.Options?.MapEntry ?? false))
        {
            yield return $"{name}: is a map on one side only";
        }
    }

    private static IEnumerable<string> Differences(string name, EnumDescriptorProto ours, EnumDescriptorProto theirs) =>
        ours.Value.Where(value => !theirs.Value.Any(other => other.Name == value.Name && other.Number == value.Number))
            .Select(value => $"{name}.{value.Name} = {value.Number}");

    private static string Describe(DescriptorProto message, FieldDescriptorProto field)
    {
        var oneof = field.HasOneofIndex ? $" in {message.OneofDecl[field.OneofIndex].Name}" : "";
        var type = field.TypeName.Length > 0 ? field.TypeName : $"{field.Type}";
        return $"{field.Label} {type} = {field.Number}{oneof}{(field.Proto3Optional ? " optional" : "")} as {field.JsonName}";
    }

    private static bool SameMethod(MethodDescriptorProto ours, MethodDescriptorProto theirs) =>
        (ours.Name, ours.InputType, ours.OutputType, ours.ClientStreaming, ours.ServerStreaming)
        == (theirs.Name, theirs.InputType, theirs.OutputType, theirs.ClientStreaming, theirs.ServerStreaming);
}
