using System.Runtime.CompilerServices;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>struct original of bpf/types.h, of which only the size matters here.</summary>
[InlineArray(24)]
internal struct PendingValue
{
    private byte _first;
}
