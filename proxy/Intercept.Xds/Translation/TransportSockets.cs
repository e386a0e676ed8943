using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Intercept.Xds.Translation;

/// <summary>Opens a transport_socket: the wanted TLS context, or nothing for plaintext.</summary>
internal static class TransportSockets
{
    /// <param name="socket">Null is plaintext, as in Envoy.</param>
    /// <param name="context">The TLS context; null when the socket is plaintext.</param>
    /// <returns>False when the socket holds something else; reported.</returns>
    public static bool TryOpen<T>(TransportSocket? socket, MessageParser<T> parser, MessageDescriptor type, TranslationScope scope, string path, out T? context)
        where T : class, IMessage<T>
    {
        context = null;
        if (socket is null)
        {
            return true;
        }

        if (socket.TypedConfig is not { } config)
        {
            scope.Missing($"{path}.typed_config", $"type.googleapis.com/{type.FullName} or {RawBuffer.Descriptor.FullName}");
            return false;
        }

        if (config.Is(RawBuffer.Descriptor))
        {
            return true;
        }

        if (!config.Is(type))
        {
            scope.Report($"{path}.typed_config.@type", Any.GetTypeName(config.TypeUrl), "does not belong here", $"{type.FullName} or {RawBuffer.Descriptor.FullName}");
            return false;
        }

        context = parser.ParseFrom(config.Value);
        return true;
    }
}
