using System.Collections.Immutable;
using System.Globalization;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>What must hold for a configuration, beyond each value being well formed. Reports everything that does not.</summary>
public static class CaptureConfigurationRules
{
    /// <summary>One rule each, in a chain that every new connection walks.</summary>
    public const int MaxOwnerGroups = 64;

    // 0 is "unspecified" to ip-rule; 253 to 255 are the kernel's default, main and local tables, which are not ours to fill.
    private const uint FirstKernelTable = 253;
    private const uint LastKernelTable = 255;

    // dev_valid_name: IFNAMSIZ is 16 with the final zero.
    private const int MaxInterfaceName = 15;

    public static ImmutableArray<Problem> Check(CaptureConfiguration configuration)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        CheckPorts(configuration, problems);
        CheckIdentities(configuration, problems);
        CheckLoopback(configuration, problems);
        CheckInterfaces(configuration, problems);
        CheckDns(configuration, problems);
        CheckTproxy(configuration, problems);
        CheckOwnerGroups(configuration, problems);
        return problems.ToImmutable();
    }

    /// <summary>
    /// The kernel's rule (no slash, colon or white space, at most 15 bytes), narrowed to what neither iptables, nftables nor a shell
    /// gives a meaning to: a trailing + is a wildcard to iptables, a * to nftables.
    /// </summary>
    public static bool IsInterfaceName(string name) =>
        name.Length is > 0 and <= MaxInterfaceName
        && name is not ("." or "..")
        && name[0] != '-'
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '@');

    private static void CheckPorts(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        (string Field, ushort Port)[] ports =
        [
            ("the outbound port", configuration.OutboundPort),
            ("the inbound port", configuration.InboundPort),
            ("the tunnel port", configuration.TunnelPort ?? 0),
            ("the dns port", configuration.RedirectDns ? configuration.DnsPort : (ushort)0),
        ];
        foreach (var (field, port) in ports[..2].Where(entry => entry.Port == 0))
        {
            Add(problems, field, port.ToString(CultureInfo.InvariantCulture), "is not a port", "a number from 1 to 65535");
        }

        for (var index = 0; index < ports.Length; index++)
        {
            foreach (var earlier in ports[..index].Where(entry => entry.Port != 0 && entry.Port == ports[index].Port))
            {
                var value = ports[index].Port.ToString(CultureInfo.InvariantCulture);
                Add(problems, ports[index].Field, value, $"is also {earlier.Field}", "a port of its own for each listener");
            }
        }
    }

    private static void CheckIdentities(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        if (configuration.ProxyUids.IsEmpty && configuration.ProxyGids.IsEmpty)
        {
            Add(
                problems,
                "the proxy's uid and gid",
                null,
                "are both missing, so the proxy's own traffic would be sent back to it without end",
                "at least one uid or gid");
        }
    }

    private static void CheckLoopback(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        var cidr = configuration.LoopbackCidr;
        if (cidr.IsIPv6 || cidr.PrefixLength < 8 || !cidr.Network.IsLoopback)
        {
            Add(
                problems, "the loopback range", cidr.ToString(), "is not an IPv4 loopback range", "a range in 127.0.0.0/8, such as 127.0.0.1/32");
        }
    }

    private static void CheckInterfaces(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        foreach (var name in configuration.ExcludeInterfaces.Concat(configuration.VirtualInterfaces).Where(name => !IsInterfaceName(name)))
        {
            Add(
                problems,
                "an interface",
                name,
                "is not an interface name",
                "1 to 15 letters, digits, dots, underscores, dashes or @, not starting with a dash");
        }

        foreach (var name in configuration.ExcludeInterfaces.Concat(configuration.VirtualInterfaces).Where(name => name == "lo"))
        {
            Add(problems, "an interface", name, "cannot be excluded or virtual: self-calls travel on it", "an interface other than lo");
        }

        foreach (var name in configuration.ExcludeInterfaces.Intersect(configuration.VirtualInterfaces))
        {
            Add(problems, "an interface", name, "is both excluded and virtual", "one of the two");
        }
    }

    private static void CheckDns(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        if (!configuration.RedirectDns)
        {
            return;
        }

        if (!configuration.CaptureAllDns && configuration.DnsServers.IsEmpty)
        {
            Add(
                problems,
                "the resolvers",
                null,
                "are unknown, so no DNS would be captured",
                "a nameserver line in /etc/resolv.conf, or capture of all DNS");
        }

        if (configuration.OutboundExcludePorts.Any(range => range.Contains(53)))
        {
            Add(problems, "the excluded outbound ports", "53", "would undo the capture of DNS", "one of the two");
        }
    }

    private static void CheckTproxy(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        if (configuration.TproxyMark == 0)
        {
            Add(problems, "the TPROXY mark", "0", "is the mark of every packet", "a number from 1 to 4294967295");
        }

        if (configuration.TproxyTable is 0 or (>= FirstKernelTable and <= LastKernelTable))
        {
            Add(
                problems,
                "the TPROXY route table",
                configuration.TproxyTable.ToString(CultureInfo.InvariantCulture),
                "belongs to the kernel",
                "a number from 1 to 4294967295 except 253, 254 and 255");
        }
    }

    private static void CheckOwnerGroups(CaptureConfiguration configuration, ImmutableArray<Problem>.Builder problems)
    {
        var include = configuration.OwnerGroupsInclude;
        var exclude = configuration.OwnerGroupsExclude;
        foreach (var (field, groups) in new[] { ("the included owner groups", include), ("the excluded owner groups", exclude) })
        {
            if (groups.Length > MaxOwnerGroups)
            {
                var count = groups.Length.ToString(CultureInfo.InvariantCulture);
                Add(problems, field, count, "are too many", $"at most {MaxOwnerGroups} groups");
            }
        }

        if (!include.IsEmpty && !exclude.IsEmpty)
        {
            Add(problems, "the excluded owner groups", string.Join(',', exclude), "have no meaning beside included ones", "one of the two");
        }
    }

    private static void Add(
        ImmutableArray<Problem>.Builder problems, string field, string? value, string why, string allowed) =>
        problems.Add(new Problem("capture configuration", 0, field, value, why, allowed));
}
