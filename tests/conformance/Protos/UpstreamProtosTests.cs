using Envoy.Config.Bootstrap.V3;
using Google.Protobuf.Reflection;
using Intercept.Tests.Conformance.Peers;
using Intercept.Tests.Unit;
using Intercept.Xds.Reading;

namespace Intercept.Tests.Conformance.Protos;

/// <summary>Our protos are written by hand and leave out what is not used: what they have is what upstream has.</summary>
public sealed class UpstreamProtosTests
{
    // Not among the files that grpc-js-xds carries: our own, Istio's and SPIFFE's.
    private static readonly string[] _notEnvoys = ["intercept/", "istio/", "spiffe/"];

    // In Envoy since the package was made.
    private static readonly string[] _newer =
    [
        "envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget.budget_interval",
        "envoy.service.discovery.v3.DeltaDiscoveryResponse.resource_errors",
        "envoy.service.discovery.v3.DiscoveryResponse.resource_errors",
        "envoy.service.discovery.v3.ResourceError",
    ];

    private static readonly string _ourRoot = Path.Combine(Repository.Root, "proxy", "Intercept.Xds", "protos");

    [Fact]
    public async Task Every_message_field_enumeration_and_method_is_as_upstream_has_it()
    {
        var (ours, upstream) = await ReadAsync();
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
        var (ours, upstream) = await ReadAsync();

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
    public async Task Every_field_of_upstream_is_read_refused_by_name_or_ignored_with_a_reason()
    {
        var (_, upstream) = await ReadAsync();
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
    public async Task Nothing_is_held_for_newer_than_upstream_that_upstream_has()
    {
        var (_, upstream) = await ReadAsync();

        Assert.DoesNotContain(_newer, upstream.Messages.ContainsKey);
        Assert.DoesNotContain(_newer, field => upstream.Messages.TryGetValue(field[..field.LastIndexOf('.')], out var message)
            && message.Field.Any(other => other.Name == field[(field.LastIndexOf('.') + 1)..]));
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

    private static async Task<(ProtoFiles Ours, ProtoFiles Upstream)> ReadAsync()
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(_ourRoot, "*.proto", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_ourRoot, file))
                .Where(file => !_notEnvoys.Any(prefix => file.StartsWith(prefix, StringComparison.Ordinal))).Order(),
        ];
        var deps = await NodePackages.ProtosAsync();
        string[] roots = [.. ((string[])["envoy-api", "xds", "googleapis"]).Select(name => Path.Combine(deps, name))];
        var validation = Directory.CreateTempSubdirectory("intercept-protos-").FullName;
        try
        {
            await WriteValidationAsync(Path.Combine(deps, "protoc-gen-validate"), validation);
            return (await ProtoFiles.ReadAsync([_ourRoot], files), await ProtoFiles.ReadAsync([.. roots, validation], files));
        }
        finally
        {
            Directory.Delete(validation, recursive: true);
        }
    }

    // The package carries a validate.proto that is older than Envoy's files, which have an option that it does not know.
    private static async Task WriteValidationAsync(string from, string to)
    {
        const string file = "validate/validate.proto";
        const string message = "message StringRules {";
        Directory.CreateDirectory(Path.Combine(to, "validate"));
        var text = await File.ReadAllTextAsync(Path.Combine(from, file));
        Assert.Contains(message, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(to, file), text.Replace(message, $"{message} optional bool ignore_empty = 26;", StringComparison.Ordinal));
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
