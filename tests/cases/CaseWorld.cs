using Intercept.Core.Addressing;

namespace Intercept.Tests.Cases;

/// <summary>
/// Where the cases play. A pod with two interfaces, and a namespace at the far end of each:
/// <code>
///   peer (10.77.0.1, fd77::1) --- eth0 pod eth1 --- guest (10.78.0.1, fd78::1)
/// </code>
/// The peer also holds the addresses of a service and of two resolvers (10.96.0.x, fd96::x), to which the pod has its default route,
/// and routes 10.78.0.0/24 and fd78::/64 back through the pod, which forwards. The guest's default route is the pod.
/// Nothing translates addresses: a self-call by service address is what it is on the wire, an application's call to the service (which
/// the proxy gets) and then the proxy's own call to the address of its pod (on lo), as two flows.
/// </summary>
public static class CaseWorld
{
    public const string PeerInterface = "eth0";
    public const string GuestInterface = "eth1";

    /// <summary>The mark that a TPROXY proxy puts on its calls to the application.</summary>
    public const uint TproxyMark = 1337;

    public static DualAddress Pod { get; } = new("10.77.0.2", "fd77::2");

    public static DualAddress Pod2 { get; } = new("10.78.0.2", "fd78::2");

    public static DualAddress Peer { get; } = new("10.77.0.1", "fd77::1");

    public static DualAddress Guest { get; } = new("10.78.0.1", "fd78::1");

    public static DualAddress Service { get; } = new("10.96.0.10", "fd96::10");

    public static DualAddress Resolver { get; } = new("10.96.0.53", "fd96::53");

    public static DualAddress OtherResolver { get; } = new("10.96.0.54", "fd96::54");

    public static DualAddress Localhost { get; } = new("127.0.0.1", "::1");

    public static DualAddress Passthrough { get; } = new("127.0.0.6", "::6");

    /// <summary>Whether the pod sends to this address on lo.</summary>
    public static bool IsOwn(NetAddress address) =>
        address.IsLoopback || address == Pod.Of(address.IsIPv6) || address == Pod2.Of(address.IsIPv6);

    public static string InterfaceTo(NetAddress address) =>
        IsOwn(address) ? "lo" : address == Guest.Of(address.IsIPv6) ? GuestInterface : PeerInterface;

    /// <summary>The address the pod's kernel chooses when a process does not.</summary>
    public static NetAddress SourceTo(NetAddress address) =>
        IsOwn(address)
            ? (address.IsLoopback ? Localhost.Of(address.IsIPv6) : address)
            : (address == Guest.Of(address.IsIPv6) ? Pod2 : Pod).Of(address.IsIPv6);
}
