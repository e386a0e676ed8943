using System.Text;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Wire;

/// <summary>A google.protobuf.Any as bytes.</summary>
internal static class AnyBytes
{
    private const int TypeUrl = 1;
    private const int Value = 2;

    /// <summary>The type of the message inside; null when we do not have it. Whether it may stand there is for the translation to say.</summary>
    /// <param name="any">Well-formed bytes.</param>
    public static MessageDescriptor? Open(ReadOnlySpan<byte> any, out ReadOnlySpan<byte> value)
    {
        value = default;
        ReadOnlySpan<byte> typeUrl = default;
        var reader = new WireReader(any);
        while (reader.Read())
        {
            switch (reader.Number)
            {
                case TypeUrl:
                    typeUrl = reader.Bytes;
                    break;
                case Value:
                    value = reader.Bytes;
                    break;
            }
        }

        // As the parser's Any compares it: by what follows the last slash.
        return KnownTypes.FindName(Any.GetTypeName(Encoding.UTF8.GetString(typeUrl)));
    }
}
