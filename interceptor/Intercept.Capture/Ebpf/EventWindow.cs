using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct event_window of bpf/types.h: how many events of a pod this second has had. Only the programs write it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EventWindow
{
    public uint Second;
    public uint Sent;
}
