using System.Collections.Immutable;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Capture.Verification;
using Intercept.Core.Addressing;
using Intercept.Linux;

namespace Intercept.Capture.Ebpf.Places;

/// <summary>What the programs have to know of a pod's network namespace, and cannot find out.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Cookie">The number by which programs know it; unlike the inode it is never used again.</param>
/// <param name="Addresses">Of its interfaces: what is called there stays on lo.</param>
/// <param name="Sources">From where it calls others: the first of each family that there is.</param>
/// <param name="Forwards">Whether it leads packets of others from one interface to another.</param>
/// <param name="Interfaces">Their numbers, by name.</param>
internal sealed record NetworkNamespace(
    string Path, ulong Cookie, ImmutableArray<NetAddress> Addresses, ImmutableArray<NetAddress> Sources, bool Forwards,
    ImmutableDictionary<string, uint> Interfaces)
{
    private const string Own = "/proc/self/ns/net";
    private const int SolSocket = 1;
    private const int SoNetnsCookie = 71;
    private const ushort DiscardPort = 9;

    // Of RFC 5737 and RFC 3849: in no network, so that the default route is what is asked.
    private static readonly NetAddress _outsideIPv4 = NetAddress.Parse("192.0.2.1");
    private static readonly Cidr _linkLocal = Cidr.Parse("fe80::/10");
    private static readonly NetAddress _outsideIPv6 = NetAddress.Parse("2001:db8::1");

    public ulong Inode => FileStamp.Of(Path).Inode;

    /// <param name="runner">Enters the namespace that it was made for, in a child.</param>
    public static async Task<NetworkNamespace> ReadAsync(ToolRunner runner, SelfCommand self, CancellationToken cancellation)
    {
        if (runner.NetworkNamespace is not { } path)
        {
            return ReadOwn();
        }

        var said = await runner.MustAsync(self.Path, self.Arguments(ProbeCommand.Name, ProbeCommand.NamespaceRole), cancellation: cancellation);
        return Parse(path, said);
    }

    public static NetworkNamespace ReadOwn()
    {
        var addresses = OwnAddresses();
        return new(Own, OwnCookie(), addresses, OwnSources(addresses), OwnForwards(), OwnInterfaces());
    }

    /// <summary>The other processes that run there, as far as this one may see them; not runs of this program, which connect to nothing.</summary>
    public IReadOnlyList<int> Processes()
    {
        var inode = Inode;
        var own = ExecutableOf(Environment.ProcessId);
        return
        [
            .. Directory.EnumerateDirectories("/proc")
                .Select(directory => int.TryParse(System.IO.Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && id != Environment.ProcessId 
                    // One that ended, or is not ours to look at, has no number.
                    && FileStamp.Of(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/ns/net")).Inode == inode && ExecutableOf(id) != own),
        ];
    }

    /// <summary>One line, read back by <see cref="Parse"/>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cookie} {(Forwards ? "forwards" : "ends")} {Listed(Addresses)} {Listed(Sources)} {string.Join('/', Interfaces.Select(one => $"{one.Key}:{one.Value}"))}");

    internal static NetworkNamespace Parse(string path, string line)
    {
        // No name of an interface has a space, a slash or a colon in it.
        var fields = line.TrimEnd('\n').Split(' ');
        return new NetworkNamespace(
            path,
            ulong.Parse(fields[0], CultureInfo.InvariantCulture),
            Addressed(fields[2]),
            Addressed(fields[3]),
            fields[1] == "forwards",
            fields[4].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(':'))
                .ToImmutableDictionary(entry => entry[0], entry => uint.Parse(entry[1], CultureInfo.InvariantCulture)));
    }

    private static string Listed(ImmutableArray<NetAddress> addresses) => addresses.IsEmpty ? "-" : string.Join(',', addresses);

    private static ImmutableArray<NetAddress> Addressed(string list) => list == "-" ? [] : [.. list.Split(',').Select(NetAddress.Parse)];

    /// <exception cref="CaptureException">This kernel does not number them.</exception>
    internal static ulong OwnCookie()
    {
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.GetRawSocketOption(SolSocket, SoNetnsCookie, cookie);
        }
        catch (SocketException failure)
        {
            throw new CaptureException($"this kernel does not number its network namespaces (SO_NETNS_COOKIE: {failure.Message}): eBPF capture needs 5.15 or later");
        }

        return BitConverter.ToUInt64(cookie);
    }

    private static ImmutableArray<NetAddress> OwnAddresses() =>
        [.. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(nic => nic.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Select(NetAddress.From)
            .Distinct()];

    private static ImmutableDictionary<string, uint> OwnInterfaces() => NetworkInterface.GetAllNetworkInterfaces()
        .Select(nic => (nic.Name, Number: InterfaceNumber.Of(nic.Name)))
        .Where(nic => nic.Number != 0)
        .ToImmutableDictionary(nic => nic.Name, nic => nic.Number);

    // Where nothing leads out there is still one address that calls the neighbours come from.
    private static ImmutableArray<NetAddress> OwnSources(ImmutableArray<NetAddress> addresses)
    {
        var sources = new List<NetAddress>();
        foreach (var family in new[] { false, true })
        {
            var usable = addresses
                .Where(address => address.IsIPv6 == family && !address.IsLoopback && !_linkLocal.Contains(address) && address != CapturePlan.PassthroughIPv6)
                .ToList();
            var chosen = Surroundings.RouteTo(new NetEndpoint(family ? _outsideIPv6 : _outsideIPv4, DiscardPort))?.Source;
            if (chosen is { } source && usable.Contains(source))
            {
                sources.Add(source);
            }
            else if (usable.Count > 0)
            {
                sources.Add(usable[0]);
            }
        }

        return [.. sources];
    }

    // The switch alone says little: a pod has it from its node, where it is on for the sake of all pods. With one way in and out
    // nothing is led on.
    private static bool OwnForwards() =>
        (ReadsOne("/proc/sys/net/ipv4/ip_forward") || ReadsOne("/proc/sys/net/ipv6/conf/all/forwarding"))
        && NetworkInterface.GetAllNetworkInterfaces().Count(nic => nic.NetworkInterfaceType != NetworkInterfaceType.Loopback && nic.OperationalStatus != OperationalStatus.Down) > 1;

    private static bool ReadsOne(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim() == "1";
        }
        catch (IOException)
        {
            // Without that family there is nothing to forward.
            return false;
        }
    }

    private static string? ExecutableOf(int process)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/exe")).LinkTarget;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
