using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Grpc.Net.Client;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Conformance.ControlPlane;

/// <summary>A sidecar's conversation, without a sidecar: clusters and listeners by wildcard, endpoints by name, everything acknowledged.</summary>
internal sealed class SimulatedProxy(GrpcChannel channel, string name)
{
    private readonly Dictionary<ResourceType, Dictionary<string, string>> _has = TypeUrls.All.ToDictionary(type => type, _ => new Dictionary<string, string>());

    /// <summary>Names and versions of what it has, a line for each, in order.</summary>
    public IEnumerable<string> Has => _has.SelectMany(type => type.Value.Select(resource => $"{type.Key} {resource.Key} {resource.Value}")).Order(StringComparer.Ordinal);

    /// <summary>Resources that came, on all streams.</summary>
    public int Received { get; private set; }

    /// <summary>One stream, until clusters, their endpoints and listeners have come; then it is open until disposed.</summary>
    /// <returns>The stream.</returns>
    public async Task<IDisposable> ConnectAsync(CancellationToken cancellation)
    {
        var call = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel).DeltaAggregatedResources(cancellationToken: CancellationToken.None);
        var node = new Node { Id = $"sidecar~127.0.0.1~{name}.shop~shop.svc.cluster.local" };
        await SubscribeAsync(call, ResourceType.Cluster, [], node, cancellation);
        await TakeAsync(call, cancellation);
        await SubscribeAsync(call, ResourceType.Endpoint, _has[ResourceType.Cluster].Keys.Where(cluster => cluster.StartsWith("outbound|", StringComparison.Ordinal)), null, cancellation);
        await TakeAsync(call, cancellation);
        await SubscribeAsync(call, ResourceType.Listener, [], null, cancellation);
        await TakeAsync(call, cancellation);
        return call;
    }

    private Task SubscribeAsync(
        AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call, ResourceType type, IEnumerable<string> names, Node? node, CancellationToken cancellation)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Of(type), Node = node };
        request.ResourceNamesSubscribe.Add(names);
        foreach (var (resource, version) in _has[type])
        {
            request.InitialResourceVersions.Add(resource, version);
        }

        return call.RequestStream.WriteAsync(request, cancellation);
    }

    private async Task TakeAsync(AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call, CancellationToken cancellation)
    {
        if (!await call.ResponseStream.MoveNext(cancellation))
        {
            throw new InvalidOperationException("the stream ended");
        }

        var response = call.ResponseStream.Current;
        var type = TypeUrls.Find(response.TypeUrl)!.Value;
        foreach (var resource in response.Resources)
        {
            _has[type][resource.Name] = resource.Version;
        }

        foreach (var removed in response.RemovedResources)
        {
            _has[type].Remove(removed);
        }

        Received += response.Resources.Count;
        await call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce }, cancellation);
    }
}
