using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Core.Problems;

namespace Intercept.Capture.Configuration;

/// <summary>The nameserver lines of resolv.conf(5).</summary>
internal static class ResolvConf
{
    public const string Path = "/etc/resolv.conf";

    public static ImmutableArray<NetAddress> ReadNameservers(string text, List<Problem> problems)
    {
        var servers = ImmutableArray.CreateBuilder<NetAddress>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || words[0] != "nameserver")
            {
                continue;
            }

            // A zone (fe80::1%eth0) picks the interface to send by; a rule asks for the address only.
            var address = words[1].Split('%')[0];
            if (!NetAddress.TryParse(address, out var server))
            {
                problems.Add(new Problem(Path, number, "nameserver", words[1], "is not an address", "an IPv4 or IPv6 address"));
            }
            else if (!servers.Contains(server))
            {
                servers.Add(server);
            }
        }

        return servers.ToImmutable();
    }
}
