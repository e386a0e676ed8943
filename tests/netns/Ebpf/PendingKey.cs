using System.Runtime.CompilerServices;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>struct connection of bpf/types.h, of which only the size matters here.</summary>
[InlineArray(3)]
internal struct PendingKey
{
    private UInt128 _first;
}
