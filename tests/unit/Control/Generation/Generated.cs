using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Generation;
using Intercept.Control.Model;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Generation;

/// <summary>What a proxy is sent, taken apart again.</summary>
internal sealed class Generated(ProxyResources resources)
{
    public ProxyResources Resources => resources;

    public IEnumerable<string> ClusterNames => Names(ResourceType.Cluster);

    public IEnumerable<string> EndpointNames => Names(ResourceType.Endpoint);

    public IEnumerable<string> ListenerNames => Names(ResourceType.Listener);

    public IEnumerable<string> RouteNames => Names(ResourceType.Route);

    public static ProxyNode Node(string pod, string protocols = "tcp", string @namespace = "shop", string? generator = null)
    {
        var node = new Envoy.Config.Core.V3.Node { Id = $"sidecar~10.0.0.1~{pod}.{@namespace}~{@namespace}.svc.cluster.local", Metadata = new Struct() };
        node.Metadata.Fields["INTERCEPT_PROTOCOLS"] = Value.ForString(protocols);
        if (generator is not null)
        {
            node.Metadata.Fields["GENERATOR"] = Value.ForString(generator);
        }

        return ProxyNode.TryRead(node, out var why) ?? throw new ArgumentException(why, nameof(pod));
    }

    public static Generated For(MeshUnderTest mesh, string pod, string protocols = "tcp", string @namespace = "shop", string? generator = null) =>
        For(mesh.Build(), Node(pod, protocols, @namespace, generator));

    public static Generated For(MeshModel model, ProxyNode node) => new(new ResourceGenerator().Generate(model, node));

    public Cluster Cluster(string name) => Open(ResourceType.Cluster, name, Envoy.Config.Cluster.V3.Cluster.Parser);

    public ClusterLoadAssignment Assignment(string name) => Open(ResourceType.Endpoint, name, ClusterLoadAssignment.Parser);

    public Listener Listener(string name) => Open(ResourceType.Listener, name, Envoy.Config.Listener.V3.Listener.Parser);

    public RouteConfiguration Route(string name) => Open(ResourceType.Route, name, RouteConfiguration.Parser);

    public static T Open<T>(Any any)
        where T : class, IMessage<T>, new()
    {
        var message = new T();
        Assert.Equal($"type.googleapis.com/{message.Descriptor.FullName}", any.TypeUrl);
        message.MergeFrom(any.Value);
        return message;
    }

    public static TcpProxy Proxy(FilterChain chain) => Open<TcpProxy>(chain.Filters[^1].TypedConfig);

    public static HttpConnectionManager Manager(FilterChain chain) => Open<HttpConnectionManager>(chain.Filters[^1].TypedConfig);

    /// <summary>CLUSTER, or CLUSTER*WEIGHT CLUSTER*WEIGHT.</summary>
    public static string Target(FilterChain chain)
    {
        if (chain.Filters[^1].TypedConfig.TypeUrl.EndsWith("HttpConnectionManager", StringComparison.Ordinal))
        {
            var manager = Manager(chain);
            return manager.Rds is { } rds ? $"rds {rds.RouteConfigName}" : $"http {manager.RouteConfig.Name}";
        }

        var proxy = Proxy(chain);
        return proxy.WeightedClusters is { } weighted
            ? string.Join(' ', weighted.Clusters.Select(cluster => $"{cluster.Name}*{cluster.Weight}"))
            : proxy.Cluster;
    }

    private IEnumerable<string> Names(ResourceType type) => resources[type].All.Select(resource => resource.Name).Order(StringComparer.Ordinal);

    private T Open<T>(ResourceType type, string name, MessageParser<T> parser)
        where T : class, IMessage<T>, new()
    {
        var found = resources[type].Find(name);
        Assert.True(found is not null, $"no {type} '{name}'; there are {string.Join(", ", Names(type))}");
        return parser.ParseFrom(found.Any.Value);
    }
}
