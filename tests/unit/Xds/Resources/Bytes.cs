using Google.Protobuf;

namespace Intercept.Tests.Unit.Xds.Resources;

/// <summary>Wire format by hand, for what our protos cannot say.</summary>
internal static class Bytes
{
    public static byte[] Field(int number, ReadOnlySpan<byte> value)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(value));
        }

        return buffer.ToArray();
    }

    /// <summary>A field in a field in a field.</summary>
    public static byte[] Nested(int number, int depth)
    {
        var bytes = Array.Empty<byte>();
        for (var i = 0; i < depth; i++)
        {
            bytes = Field(number, bytes);
        }

        return bytes;
    }
}
