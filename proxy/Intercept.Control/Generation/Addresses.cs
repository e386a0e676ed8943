using Envoy.Config.Core.V3;
using CidrProto = Envoy.Config.Core.V3.CidrRange;

namespace Intercept.Control.Generation;

internal static class Addresses
{
    public const string AnyIPv4 = "0.0.0.0";
    public const string AnyIPv6 = "::";
    public const string LoopbackIPv4 = "127.0.0.1";
    public const string LoopbackIPv6 = "::1";

    public static Address Of(string host, int port) => new() { SocketAddress = Socket(host, port) };

    public static SocketAddress Socket(string host, int port) => new() { Address = host, PortValue = (uint)port };

    public static CidrProto Range(Core.Addressing.Cidr range) =>
        new() { AddressPrefix = range.Network.ToString(), PrefixLen = (uint)range.PrefixLength };
}
