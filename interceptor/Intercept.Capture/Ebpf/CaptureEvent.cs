using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct event of bpf/types.h: what was refused just now, or captured.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CaptureEvent
{
    /// <summary>Nanoseconds since boot, without suspension.</summary>
    public ulong Time;
    public ulong Netns;
    public uint Reason;

    /// <summary>Who called; 0 for what comes from outside, which no process of the pod has asked for.</summary>
    public uint Process;
    public uint Uid;

    /// <summary>AF_INET or AF_INET6; the form of <see cref="Address"/> tells them apart too.</summary>
    public ushort Family;

    /// <summary>Of the destination, in network order.</summary>
    public ushort Port;

    /// <summary>The destination; for what comes from outside the source.</summary>
    public MappedAddress Address;
    public CommandName Command;
}
