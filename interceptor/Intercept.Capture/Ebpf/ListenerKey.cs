using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct listener of bpf/types.h: one of the proxy's inbound listeners.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ListenerKey
{
    /// <summary>LISTENER_SLOTS.</summary>
    public const uint Slots = 8;

    public const ushort IPv4 = 2;
    public const ushort IPv6 = 10;

    public ulong Netns;
    public ushort Port;
    public ushort Family;
    public uint Slot;
}
