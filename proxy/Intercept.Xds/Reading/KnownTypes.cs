using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Intercept.Xds.Reading;

/// <summary>The messages that may stand in a google.protobuf.Any, by the name in its "@type".</summary>
internal static class KnownTypes
{
    public const string UrlPrefix = "type.googleapis.com/";

    private static readonly FrozenDictionary<string, MessageDescriptor> _types = new MessageDescriptor[]
    {
        Envoy.Extensions.Filters.Network.TcpProxy.V3.TcpProxy.Descriptor,
        Envoy.Extensions.Filters.Network.Rbac.V3.RBAC.Descriptor,
        Envoy.Extensions.Filters.Listener.HttpInspector.V3.HttpInspector.Descriptor,
        Envoy.Extensions.Filters.Listener.OriginalDst.V3.OriginalDst.Descriptor,
        Envoy.Extensions.Filters.Listener.TlsInspector.V3.TlsInspector.Descriptor,
        Envoy.Extensions.TransportSockets.RawBuffer.V3.RawBuffer.Descriptor,
        Envoy.Extensions.TransportSockets.Tls.V3.DownstreamTlsContext.Descriptor,
        Envoy.Extensions.TransportSockets.Tls.V3.UpstreamTlsContext.Descriptor,
        global::Intercept.V1.PerSourceLimit.Descriptor,
    }.ToFrozenDictionary(type => type.FullName);

    public static IEnumerable<MessageDescriptor> All => _types.Values;

    public static IEnumerable<string> Names => _types.Keys.Order(StringComparer.Ordinal);

    /// <summary>By the name alone: what stands before it in a URL is no part of the type.</summary>
    public static MessageDescriptor? FindName(string name) => _types.GetValueOrDefault(name);

    public static MessageDescriptor? Find(string typeUrl) =>
        typeUrl.StartsWith(UrlPrefix, StringComparison.Ordinal) ? _types.GetValueOrDefault(typeUrl[UrlPrefix.Length..]) : null;
}
