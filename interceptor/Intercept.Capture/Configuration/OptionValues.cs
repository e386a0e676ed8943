using System.Collections.Immutable;
using System.Globalization;
using Intercept.Core;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>Reads single values, and collects a problem for each that is not of the allowed form.</summary>
internal sealed class OptionValues(ParsedOptions parsed, HostFacts host)
{
    private const string PortForm = "a number from 1 to 65535";
    private const string IdForm = "a number from 0 to 4294967294, or a name known on this host";

    // -1 (4294967295) means "no change" to chown and setreuid: no process has it.
    private const uint LastId = uint.MaxValue - 1;

    private static readonly Dictionary<string, string> _defaults = new[]
        { CaptureOptionTable.Own, CaptureOptionTable.Istio }.SelectMany(table => table).ToDictionary(option => option.Name, option => option.Default);

    private static readonly Dictionary<string, string> _linkerdDefaults = new[]
        { CaptureOptionTable.Own, CaptureOptionTable.Linkerd }.SelectMany(table => table).ToDictionary(option => option.Name, option => option.Default);

    public List<Problem> Problems { get; } = [];

    public string ResolvConf => host.ResolvConf;

    public Func<string, uint?> FindUser => host.FindUser;

    public string Text(string name) => Value(name).Text.Trim();

    public string? TextOrNull(string name) => Text(name) is { Length: > 0 } text ? text : null;

    public bool Switch(string name)
    {
        if (TruthValue.Parse(Text(name)) is { } value)
        {
            return value;
        }

        Add(name, Text(name), "is not a truth value", TruthValue.Allowed);
        return false;
    }

    public ushort Port(string name)
    {
        if (TryPort(Text(name), out var port))
        {
            return port;
        }

        Add(name, TextOrNull(name), TextOrNull(name) is null ? "is missing" : "is not a port", PortForm);
        return 1;
    }

    /// <summary>Decimal, or hexadecimal after 0x, as iptables takes marks.</summary>
    public uint Number(string name)
    {
        var text = Text(name);
        if (TryNumber(text, out var number))
        {
            return number;
        }

        Add(name, text, "is not a number", "a number from 0 to 4294967295, decimal or 0x hexadecimal");
        return 1;
    }

    /// <summary>"0x10/0xf0": the bits of the mask that count; all of them where none is given.</summary>
    /// <returns>No bit counts where nothing is given.</returns>
    public (uint Mark, uint Mask) Mark(string name)
    {
        if (TextOrNull(name) is not { } text)
        {
            return default;
        }

        var parts = text.Split('/');
        var mask = uint.MaxValue;
        if (parts.Length <= 2 && TryNumber(parts[0], out var mark) && (parts.Length == 1 || TryNumber(parts[1], out mask)) && mark != 0 && (mark & ~mask) == 0)
        {
            return (mark, mask);
        }

        // A mark of 0 is what every other socket carries.
        Add(name, text, "is not a mark", "MARK or MARK/MASK, decimal or 0x hexadecimal; MARK above 0, and no bit of it outside of MASK");
        return default;
    }

    public TimeSpan Duration(string name)
    {
        if (GoDuration.TryParse(Text(name), out var duration) && duration > TimeSpan.Zero)
        {
            return duration;
        }

        Add(name, Text(name), "is not a duration", "a positive duration such as 5s, 500ms or 1m30s");
        return TimeSpan.FromSeconds(1);
    }

    public T Choice<T>(string name, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        var text = Text(name);
        foreach (var (candidate, value) in choices)
        {
            if (candidate == text)
            {
                return value;
            }
        }

        var allowed = new List<string>();
        foreach (var (candidate, _) in choices)
        {
            if (candidate.Length > 0)
            {
                allowed.Add(candidate);
            }
        }

        Add(name, text, "is not one of the choices", string.Join(", ", allowed));
        return choices[0].Value;
    }

    private static bool TryNumber(string text, out uint number)
    {
        var isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return uint.TryParse(
            isHex ? text.AsSpan(2) : text,
            isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None,
            CultureInfo.InvariantCulture,
            out number);
    }

    public bool IsAll(string name) => Text(name) == "*";

    public ImmutableArray<PortRange> Ports(string name) =>
        List(name, $"a list of ports or ranges such as 80,8000-8010; a port is {PortForm}", "is not a port", ReadPorts);

    public ImmutableArray<Cidr> Cidrs(string name) =>
        List(name, "a list of ranges such as 10.0.0.0/8,fd00::/8", "is not a range of addresses", ReadCidr);

    public Cidr LoopbackCidr(string name)
    {
        if (ReadCidr(Text(name)) is { } cidr)
        {
            return cidr;
        }

        Add(name, Text(name), "is not a range of addresses", "a range in 127.0.0.0/8, such as 127.0.0.1/32");
        return new Cidr(NetAddress.LoopbackIPv4, 32);
    }

    public ImmutableArray<uint> Users(string name) => List(name, IdForm, "is not a known user", text => ReadId(text, host.FindUser));

    public ImmutableArray<uint> Groups(string name) => List(name, IdForm, "is not a known group", text => ReadId(text, host.FindGroup));

    public ImmutableArray<string> Interfaces(string name)
    {
        var names = Elements(name);
        foreach (var bad in names.Where(text => !CaptureConfigurationRules.IsInterfaceName(text)))
        {
            Add(name, bad, "is not an interface name", "1 to 15 letters, digits, dots, underscores, dashes or @, not starting with a dash");
        }

        return names;
    }

    public void Add(string name, string? value, string why, string? allowed)
    {
        var given = Value(name);
        Problems.Add(new Problem(given.Source, 0, given.Field, value, why, allowed));
    }

    private static PortRange? ReadPorts(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return TryPort(dash < 0 ? text : text[..dash], out var first)
            && TryPort(dash < 0 ? text : text[(dash + 1)..], out var last)
            && last >= first
                ? new PortRange(first, last)
                : null;
    }

    private static Cidr? ReadCidr(string text) =>

        // A bare address is refused: 10.0.0.0 is more often a forgotten /8 than one host.
        text.Contains('/', StringComparison.Ordinal) && Cidr.TryParse(text, out var cidr) ? cidr : null;

    private static uint? ReadId(string text, Func<string, uint?> find) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (id <= LastId ? id : null)
            : char.IsAsciiDigit(text[0]) || text[0] == '-' ? null : find(text);

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;

    // Empty elements say nothing (Istio's injector writes "15090," before a list that may be empty), and repeated ones nothing new.
    private ImmutableArray<string> Elements(string name) =>
        [.. Text(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()];

    private ImmutableArray<T> List<T>(string name, string allowed, string why, Func<string, T?> read)
        where T : struct
    {
        var result = ImmutableArray.CreateBuilder<T>();
        foreach (var element in Elements(name))
        {
            if (element == "*")
            {
                Add(name, Text(name), "cannot hold * here", allowed);
            }
            else if (read(element) is { } value)
            {
                if (!result.Contains(value))
                {
                    result.Add(value);
                }
            }
            else
            {
                Add(name, element, why, allowed);
            }
        }

        return result.ToImmutable();
    }

    private OptionValue Value(string name) =>
        parsed.Given.GetValueOrDefault(name)
        ?? new OptionValue((parsed.IsLinkerd ? _linkerdDefaults : _defaults)[name], CaptureCommandLine.CommandLine, $"--{name}");
}
