using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Intercept.Capture.Ebpf;

/// <summary>struct port_rule of bpf/types.h: a key of a trie, for one port or for 2, 4, 8 ... ports that share their first bits.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PortRule
{
    public uint Prefix;
    public uint Pod;
    public ushort Rule;

    /// <summary>Network order.</summary>
    public ushort Port;

    /// <param name="bits">How many bits of the port count: 16 for one port, 0 for all.</param>
    public static PortRule Of(uint pod, RuleKind kind, ushort port, int bits = 16) => new()
    {
        Prefix = 48 + (uint)bits,
        Pod = pod,
        Rule = (ushort)kind,
        Port = Ordered(port),
    };

    public override readonly string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(RuleKind)Rule} {Ordered(Port)}{(Prefix == 64 ? "" : $"/{Prefix - 48}")}");

    private static ushort Ordered(ushort port) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(port) : port;
}
