using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Intercept.Control.Generation;

internal static class Packing
{
    private const string UrlPrefix = "type.googleapis.com/";

    public static Any Packed(this IMessage message) =>
        new() { TypeUrl = UrlPrefix + message.Descriptor.FullName, Value = message.ToByteString() };
}
