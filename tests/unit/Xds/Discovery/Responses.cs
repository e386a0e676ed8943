using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>What servers send.</summary>
internal static class Responses
{
    /// <param name="resources">As "name=version".</param>
    public static DeltaDiscoveryResponse Delta(ResourceType type, string nonce, params string[] resources) => new()
    {
        TypeUrl = TypeUrls.Of(type),
        Nonce = nonce,
        ControlPlane = new() { Identifier = "pilot" },
        Resources = { resources.Select(resource => Envelope(type, resource)) },
    };

    public static DiscoveryResponse Sotw(ResourceType type, string nonce, string version, params string[] names) => new()
    {
        TypeUrl = TypeUrls.Of(type),
        Nonce = nonce,
        VersionInfo = version,
        ControlPlane = new() { Identifier = "pilot" },
        Resources = { names.Select(name => Pack(type, name)) },
    };

    public static Resource Envelope(ResourceType type, string resource) => resource.Split('=') is [var name, var version]
        ? new Resource { Name = name, Version = version, Resource_ = Pack(type, name) }
        : throw new ArgumentException(resource, nameof(resource));

    public static Any Pack(ResourceType type, string name)
    {
        IMessage message = type switch
        {
            ResourceType.Cluster => new Cluster { Name = name },
            ResourceType.Endpoint => new ClusterLoadAssignment { ClusterName = name },
            _ => new Listener { Name = name },
        };
        return new Any { TypeUrl = TypeUrls.Of(type), Value = message.ToByteString() };
    }

    public static ResourceError Error(string name, int code, string message) =>
        new() { ResourceName = new() { Name = name }, ErrorDetail = new() { Code = code, Message = message } };
}
