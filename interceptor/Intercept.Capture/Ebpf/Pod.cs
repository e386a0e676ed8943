using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct pod of bpf/types.h: what may be done in one network namespace.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Pod
{
    public ulong ProxyCgroup;
    public uint Id;
    public PodFlags Flags;

    /// <summary>A bit for every <see cref="RuleKind"/> that has entries; what has none is not looked up.</summary>
    public uint Rules;
    public uint ProxyMark;
    public uint ProxyMarkMask;
    public ushort OutboundPort;
    public ushort InboundPort;
    public ushort DnsPort;

    /// <summary>0 where nothing tunnels.</summary>
    public ushort TunnelPort;

    /// <summary>0: none.</summary>
    public uint EventsPerSecond;

    /// <summary>From where the pod calls others; zero where it has no address of that family.</summary>
    public MappedAddress SourceIPv4;

    /// <inheritdoc cref="SourceIPv4"/>
    public MappedAddress SourceIPv6;
}
