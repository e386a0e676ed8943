using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Intercept.Capture.Ebpf;
using Intercept.Core.Addressing;
using Intercept.Linux.Bpf;

namespace Intercept.Tests.Unit.Capture.Ebpf;

/// <summary>bpf/types.h is compiled here for this machine and asked where everything is.</summary>
public sealed class SharedTypesTests
{
    private static readonly (Type Type, string Name)[] _structs =
    [
        (typeof(Pod), "pod"), (typeof(ListenerKey), "listener"), (typeof(PortRule), "port_rule"), (typeof(RangeRule), "range_rule"), (typeof(OwnerRule), "owner_rule"),
        (typeof(DnsAliasKey), "alias_key"), (typeof(DnsAlias), "alias"),
        (typeof(CaptureEvent), "event"), (typeof(EventWindow), "event_window"),
    ];

    private static readonly (Type Type, string Prefix)[] _enums =
        [(typeof(PodFlags), "POD_"), (typeof(RuleKind), "RULE_"), (typeof(CaptureReason), "")];

    [Fact]
    public async Task Every_member_lies_where_the_C_has_it()
    {
        var asked = _structs.SelectMany(type => Fields(type.Type).Select(field => $"{type.Name}.{Snake(field.Name)}"))
            .Select(member => member.Split('.'))
            .Select(member => $"printf(\"{member[0]}.{member[1]} %zu %zu\\n\", offsetof(struct {member[0]}, {member[1]}), sizeof(((struct {member[0]} *)0)->{member[1]}));");
        var expected = _structs.SelectMany(type => Fields(type.Type).Select(field => $"{type.Name}.{Snake(field.Name)} {Place(type.Type, field)}"));
        Assert.Equal(expected, await AskAsync(asked));
    }

    [Fact]
    public async Task Every_struct_has_the_size_that_the_C_gives_it()
    {
        (string Name, int Size)[] sizes =
        [
            ("pod", Unsafe.SizeOf<Pod>()), ("listener", Unsafe.SizeOf<ListenerKey>()), ("port_rule", Unsafe.SizeOf<PortRule>()), ("range_rule", Unsafe.SizeOf<RangeRule>()),
            ("owner_rule", Unsafe.SizeOf<OwnerRule>()), ("address", Unsafe.SizeOf<MappedAddress>()), ("counters", Unsafe.SizeOf<Counters>()),
            ("alias_key", Unsafe.SizeOf<DnsAliasKey>()), ("alias", Unsafe.SizeOf<DnsAlias>()),
            ("event", Unsafe.SizeOf<CaptureEvent>()), ("event_window", Unsafe.SizeOf<EventWindow>()),
        ];
        Assert.Equal(
            sizes.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Name} {size.Size}")),
            await AskAsync(sizes.Select(size => $"printf(\"{size.Name} %zu\\n\", sizeof(struct {size.Name}));")));
    }

    [Fact]
    public async Task There_are_as_many_slots_for_listeners_as_in_the_C() =>
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"#define LISTENER_SLOTS {ListenerKey.Slots}\n"),
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "bpf/types.h")),
            StringComparison.Ordinal);

    [Fact]
    public async Task Every_value_of_an_enum_is_that_of_the_C_and_none_is_missing()
    {
        var header = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "bpf/types.h"));
        var ours = _enums.SelectMany(type => Enum.GetValues(type.Type).Cast<object>()
            .Where(value => value.ToString() != "None")
            .Select(value => (Name: type.Prefix + Snake(value.ToString()!).ToUpperInvariant(), Value: Convert.ToInt64(value, CultureInfo.InvariantCulture))))
            .ToList();
        var theirs = Regex.Matches(header, @"^\t([A-Z0-9_]+) = ", RegexOptions.Multiline).Select(match => match.Groups[1].Value)
            .Where(name => !name.StartsWith("SIDE_", StringComparison.Ordinal) && name != "REASONS");
        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours.Select(value => value.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ours.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Name} {value.Value}")),
            await AskAsync(ours.Select(value => $"printf(\"{value.Name} %lld\\n\", (long long){value.Name});")));
    }

    [Fact]
    public void A_range_of_IPv4_is_one_of_IPv4_mapped_addresses_and_no_part_of_one_of_IPv6()
    {
        var ip4 = RangeRule.Of(7, RuleKind.RangeOutExclude, Cidr.Parse("10.96.0.0/16"));
        Assert.Equal(64u + 96 + 16, ip4.Prefix);
        Assert.Equal("07000000-0500-0200-0000000000000000-0000FFFF0A600000".Replace("-", "", StringComparison.Ordinal), Bytes(ip4)[8..]);
        var ip6 = RangeRule.Of(7, RuleKind.RangeOutExclude, Cidr.AllIPv6);
        Assert.Equal(64u, ip6.Prefix);
        Assert.Equal("070000000500" + "0A00" + new string('0', 32), Bytes(ip6)[8..]);
    }

    [Fact]
    public void A_port_is_kept_in_network_order_so_that_a_prefix_counts_its_first_bits()
    {
        var rule = PortRule.Of(1, RuleKind.PortInInclude, 0x1f90, bits: 12);
        Assert.Equal(60u, rule.Prefix);
        Assert.EndsWith("1F90", Bytes(rule), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0\n", 1)]
    [InlineData("0-1\n", 2)]
    [InlineData("0-3,8-127\n", 128)]
    public void The_last_possible_processor_says_how_many_values_a_per_CPU_map_has(string list, int count) =>
        Assert.Equal(count, PossibleCpus.Parse(list));

    private static FieldInfo[] Fields(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    // Fills the field with ones and looks where they are.
    private static string Place(Type type, FieldInfo field)
    {
        var boxed = RuntimeHelpers.GetUninitializedObject(type);
        field.SetValue(boxed, Call(nameof(Ones), field.FieldType));
        var bytes = Convert.FromHexString((string)Call(nameof(BytesOf), type, boxed));
        var first = Array.IndexOf(bytes, (byte)0xff);
        return string.Create(CultureInfo.InvariantCulture, $"{first} {bytes.Count(value => value == 0xff)}");
    }

    private static object Call(string method, Type type, params object[] arguments) =>
        typeof(SharedTypesTests).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, arguments)!;

    private static object Ones<T>()
        where T : struct
    {
        Span<T> values = new T[1];
        MemoryMarshal.AsBytes(values).Fill(0xff);
        return values[0];
    }

    private static string BytesOf<T>(object boxed)
        where T : struct => Bytes((T)boxed);

    private static string Bytes<T>(T value)
        where T : struct => Convert.ToHexString(MemoryMarshal.AsBytes([value]));

    private static string Snake(string name) => Regex.Replace(name, "(?<=[a-z])[A-Z]", letter => "_" + letter.Value).ToLowerInvariant();

    private static async Task<string[]> AskAsync(IEnumerable<string> statements)
    {
        var program = new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include \"types.h\"\nint main(void)\n{\n")
            .AppendJoin('\n', statements).Append("\nreturn 0;\n}\n");
        var directory = Directory.CreateTempSubdirectory("intercept-types-");
        try
        {
            var binary = Path.Combine(directory.FullName, "places");
            await Cli.Wrap("clang").WithArguments(["-x", "c", "-I", Path.Combine(Repository.Root, "bpf"), "-o", binary, "-"])
                .WithStandardInputPipe(PipeSource.FromString(program.ToString())).ExecuteAsync();
            var answer = await Cli.Wrap(binary).ExecuteBufferedAsync();
            return answer.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
