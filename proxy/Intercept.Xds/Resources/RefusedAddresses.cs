using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;
using Intercept.Xds.Discovery;
using Intercept.Xds.Wire;

namespace Intercept.Xds.Resources;

/// <summary>
/// Reads of a refused listener what tells which connections are meant for it, whatever else is wrong with it. Istio also
/// says it in the name (10.96.0.1_443), which helps when the bytes say nothing.
/// </summary>
internal static class RefusedAddresses
{
    private const int Address = 2;
    private const int TrafficDirectionField = 16;
    private const int BindToPort = 26;
    private const int AdditionalAddresses = 33;

    // Of Address, AdditionalAddress and BoolValue.
    private const int Only = 1;

    private const int HostOfSocketAddress = 2;
    private const int PortOfSocketAddress = 3;

    public static RefusedListener Read(DiscoveredResource resource, string why)
    {
        var addresses = ImmutableArray.CreateBuilder<NetEndpoint>();
        var (bindsToPort, direction) = (true, TrafficDirection.Unspecified);
        var reader = new WireReader(resource.Value.Span);
        while (reader.Read())
        {
            switch (reader)
            {
                case { Number: Address, Kind: WireKind.Bytes }:
                    Add(ToEndpoint(reader.Bytes), addresses);
                    break;
                case { Number: AdditionalAddresses, Kind: WireKind.Bytes }:
                    Add(ToEndpoint(Field(reader.Bytes, Only)), addresses);
                    break;
                case { Number: BindToPort, Kind: WireKind.Bytes }:
                    bindsToPort = Number(reader.Bytes, Only) == 1;
                    break;
                case { Number: TrafficDirectionField, Kind: WireKind.Varint, Scalar: <= (ulong)TrafficDirection.Outbound }:
                    direction = (TrafficDirection)reader.Scalar;
                    break;
            }
        }

        if (addresses.Count == 0 && FromName(resource.Name) is { } named)
        {
            addresses.Add(named);
            bindsToPort = false;
        }

        return new RefusedListener(resource.Name, [.. addresses.Distinct()], direction, bindsToPort, why);
    }

    private static void Add(NetEndpoint? endpoint, ImmutableArray<NetEndpoint>.Builder addresses)
    {
        if (endpoint is { } known)
        {
            addresses.Add(known);
        }
    }

    private static NetEndpoint? ToEndpoint(ReadOnlySpan<byte> address)
    {
        var socket = Field(address, Only);
        return Number(socket, PortOfSocketAddress) is { } port and > 0 and <= ushort.MaxValue
            && NetAddress.TryParse(Encoding.UTF8.GetString(Field(socket, HostOfSocketAddress)), out var host)
                ? new NetEndpoint(host, (ushort)port)
                : null;
    }

    private static NetEndpoint? FromName(string name)
    {
        var split = name.LastIndexOf('_');
        return split > 0
            && NetAddress.TryParse(name.AsSpan(0, split), out var host)
            && ushort.TryParse(name.AsSpan(split + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? new NetEndpoint(host, port)
                : null;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> message, int number)
    {
        var reader = new WireReader(message);
        while (reader.Read())
        {
            if (reader.Number == number)
            {
                return reader.Bytes;
            }
        }

        return default;
    }

    private static ulong? Number(ReadOnlySpan<byte> message, int number)
    {
        var reader = new WireReader(message);
        while (reader.Read())
        {
            if (reader.Number == number && reader.Kind == WireKind.Varint)
            {
                return reader.Scalar;
            }
        }

        return null;
    }
}
