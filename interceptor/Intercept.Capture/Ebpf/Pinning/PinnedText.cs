using System.Runtime.CompilerServices;

namespace Intercept.Capture.Ebpf.Pinning;

/// <summary>UTF-8 as the value of a map: what follows it is zero.</summary>
[InlineArray(Size)]
internal struct PinnedText
{
    // A record has some 600 bytes.
    public const int Size = 4096;

    private byte _first;

    public static PinnedText Of(ReadOnlySpan<byte> text)
    {
        if (text.Length >= Size)
        {
            throw new ArgumentException($"{text.Length} bytes; there is room for {Size - 1}", nameof(text));
        }

        PinnedText value = default;
        text.CopyTo(value);
        return value;
    }

    public readonly byte[] Read()
    {
        ReadOnlySpan<byte> bytes = this;
        var end = bytes.IndexOf((byte)0);
        return bytes[..(end < 0 ? Size : end)].ToArray();
    }
}
