using System.Security.Cryptography;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Generation;

/// <summary>
/// One resource as it goes over the wire. Its messages are made once and shared by every proxy that is sent it: nobody changes them.
/// </summary>
internal sealed class GeneratedResource
{
    /// <param name="version">A hash of the value, so that two control planes with the same manifests say the same.</param>
    public GeneratedResource(ResourceType type, string name, string version, ByteString value)
    {
        Name = name;
        Version = version;
        Any = new Any { TypeUrl = TypeUrls.Of(type), Value = value };
        Delta = new Resource { Name = name, Version = version, Resource_ = Any };
    }

    public static GeneratedResource Of(ResourceType type, string name, IMessage message)
    {
        var value = message.ToByteString();
        return new GeneratedResource(type, name, Convert.ToHexStringLower(SHA256.HashData(value.Span).AsSpan(0, 8)), value);
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>As state of the world sends it.</summary>
    public Any Any { get; }

    /// <summary>As delta sends it.</summary>
    public Resource Delta { get; }
}
