using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct alias of bpf/types.h: which resolver, and when it was last asked, in seconds since boot. Only the programs write it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DnsAlias
{
    public uint Lock;
    public uint Asked;
    public MappedAddress Server;
}
