using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct alias_key of bpf/types.h: an address that stands for a resolver in one namespace.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DnsAliasKey
{
    public ulong Netns;
    public uint Alias;
    public uint Unused;
}
