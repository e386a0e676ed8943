using System.Runtime.CompilerServices;
using System.Text;

namespace Intercept.Capture.Ebpf;

/// <summary>What the kernel calls a process: its name, ended by zero, cut off after fifteen bytes.</summary>
[InlineArray(16)]
internal struct CommandName
{
    private byte _first;

    public override string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        return Encoding.UTF8.GetString(bytes[..Math.Max(0, bytes.IndexOf((byte)0))]);
    }
}
