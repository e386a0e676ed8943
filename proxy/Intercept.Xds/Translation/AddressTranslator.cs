using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Intercept.Core.Addressing;
using CoreCidr = Intercept.Core.Addressing.Cidr;

namespace Intercept.Xds.Translation;

internal sealed class AddressTranslator(TranslationScope scope)
{
    private const string PortForm = "a port from 1 to 65535";
    private const string AddressForm = "an IPv4 or IPv6 address, such as 127.0.0.1 or ::1";

    /// <summary>A socket address whose host is a literal. Port 0 (let the kernel choose) is for listeners.</summary>
    public NetEndpoint? ToEndpoint(Address? address, string path, bool allowsPortZero)
    {
        if (address?.SocketAddress is not { } socket)
        {
            scope.Missing($"{path}.socket_address", "a socket_address");
            return null;
        }

        return ToEndpoint(socket, $"{path}.socket_address", allowsPortZero);
    }

    public NetEndpoint? ToEndpoint(SocketAddress socket, string path, bool allowsPortZero)
    {
        var port = ToPort(socket, path, allowsPortZero);
        if (!NetAddress.TryParse(socket.Address, out var address))
        {
            ReportHost(socket, path, AddressForm);
            return null;
        }

        return port is { } value ? new NetEndpoint(address, value) : null;
    }

    /// <summary>Also checks the protocol: there is no UDP.</summary>
    public ushort? ToPort(SocketAddress socket, string path, bool allowsZero)
    {
        if (socket.Protocol != SocketAddress.Types.Protocol.Tcp)
        {
            scope.Report($"{path}.protocol", "UDP", "is not supported", "TCP");
        }

        if (socket.PortSpecifierCase == SocketAddress.PortSpecifierOneofCase.NamedPort)
        {
            scope.Report($"{path}.named_port", socket.NamedPort, "is not supported", "port_value");
            return null;
        }

        if (socket.PortSpecifierCase == SocketAddress.PortSpecifierOneofCase.None)
        {
            scope.Missing($"{path}.port_value", PortForm);
            return null;
        }

        if (socket.PortValue > ushort.MaxValue || (socket.PortValue == 0 && !allowsZero))
        {
            scope.Report($"{path}.port_value", $"{socket.PortValue}", "is not a port", PortForm);
            return null;
        }

        return (ushort)socket.PortValue;
    }

    public void ReportHost(SocketAddress socket, string path, string allowed)
    {
        if (socket.Address.Length == 0)
        {
            scope.Missing($"{path}.address", allowed);
        }
        else
        {
            scope.Report($"{path}.address", socket.Address, "is not an address", allowed);
        }
    }

    /// <summary>Source addresses to bind: one of each family, no port of their own.</summary>
    public ImmutableArray<NetAddress> ToBindAddresses(BindConfig? bind, string path)
    {
        if (bind is null)
        {
            return [];
        }

        var sources = new List<(SocketAddress? Socket, string Path)>();
        if (bind.SourceAddress is not null)
        {
            sources.Add((bind.SourceAddress, $"{path}.source_address"));
        }
        else
        {
            scope.Missing($"{path}.source_address", "an address and port_value 0");
        }

        sources.AddRange(bind.ExtraSourceAddresses.Select((extra, i) => (extra.Address, $"{path}.extra_source_addresses[{i}].address"))!);
        sources.AddRange(bind.AdditionalSourceAddresses.Select((extra, i) => (extra, $"{path}.additional_source_addresses[{i}]"))!);
        var addresses = ImmutableArray.CreateBuilder<NetAddress>();
        foreach (var (socket, socketPath) in sources)
        {
            if (socket is null)
            {
                scope.Missing(socketPath, "an address and port_value 0");
                continue;
            }

            if (ToEndpoint(socket, socketPath, allowsPortZero: true) is not { } source)
            {
                continue;
            }

            if (source.Port != 0)
            {
                scope.Report($"{socketPath}.port_value", $"{source.Port}", "would let one connection at a time bind it", "0");
            }

            if (addresses.Any(known => known.IsIPv6 == source.Address.IsIPv6))
            {
                scope.Report($"{socketPath}.address", socket.Address, "is a second source address of its family", "one IPv4 and one IPv6 address");
            }

            addresses.Add(source.Address);
        }

        return addresses.ToImmutable();
    }

    public CoreCidr? ToCidr(CidrRange range, string path)
    {
        if (!NetAddress.TryParse(range.AddressPrefix, out var address))
        {
            scope.Report($"{path}.address_prefix", range.AddressPrefix, "is not an address", AddressForm);
            return null;
        }

        if (range.PrefixLen is not { } length)
        {
            scope.Report($"{path}.prefix_len", null, "is missing, which Envoy reads as 0: every address", $"a number from 0 to {address.Width}");
            return null;
        }

        if (length > address.Width)
        {
            scope.Report($"{path}.prefix_len", $"{length}", "is longer than the address", $"a number from 0 to {address.Width}");
            return null;
        }

        return new CoreCidr(address, (int)length);
    }

    public ImmutableArray<CoreCidr> ToCidrs(IReadOnlyList<CidrRange> ranges, string path)
    {
        var cidrs = ImmutableArray.CreateBuilder<CoreCidr>(ranges.Count);
        for (var i = 0; i < ranges.Count; i++)
        {
            if (ToCidr(ranges[i], $"{path}[{i}]") is { } cidr)
            {
                cidrs.Add(cidr);
            }
        }

        return cidrs.ToImmutable();
    }
}
