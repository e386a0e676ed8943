using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct listener of bpf/types.h: one of the proxy's inbound listeners.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ListenerKey
{
    /// <summary>LISTENER_SLOTS.</summary>
    public const uint Slots = 64;

    public ulong Netns;

    /// <summary>Host order.</summary>
    public uint Port;

    /// <summary>Even ones are of IPv4, odd ones of IPv6.</summary>
    public uint Slot;
}
