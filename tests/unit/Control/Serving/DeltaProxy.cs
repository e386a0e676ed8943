using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>A proxy's side of a delta stream, as simple as one can be.</summary>
internal sealed class DeltaProxy : IDisposable
{
    private readonly AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> _call;
    private Envoy.Config.Core.V3.Node? _node;

    public DeltaProxy(AggregatedDiscoveryService.AggregatedDiscoveryServiceClient client, Envoy.Config.Core.V3.Node? node)
    {
        _node = node;
        _call = client.DeltaAggregatedResources();
    }

    public static Envoy.Config.Core.V3.Node NodeOf(string name, string @namespace = "shop", string? account = null)
    {
        var node = new Envoy.Config.Core.V3.Node { Id = $"sidecar~10.0.0.1~{name}.{@namespace}~{@namespace}.svc.cluster.local", Metadata = new Struct() };
        if (account is not null)
        {
            node.Metadata.Fields["SERVICE_ACCOUNT"] = Value.ForString(account);
        }

        return node;
    }

    /// <summary>The node goes with the first request alone, as istiod's proxies send it.</summary>
    public async Task SubscribeAsync(ResourceType type, params string[] names)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = TypeUrls.Of(type), Node = _node };
        request.ResourceNamesSubscribe.Add(names);
        _node = null;
        try
        {
            await _call.RequestStream.WriteAsync(request).WaitAsync(Patience.WithATask);
        }
        catch (RpcException)
        {
            // Refused before it asked anything: why is what reading says.
        }
    }

    public Task AcknowledgeAsync(DeltaDiscoveryResponse response) =>
        _call.RequestStream.WriteAsync(new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce }).WaitAsync(Patience.WithATask);

    public Task RejectAsync(DeltaDiscoveryResponse response, string why) => _call.RequestStream.WriteAsync(new DeltaDiscoveryRequest
    {
        TypeUrl = response.TypeUrl,
        ResponseNonce = response.Nonce,
        ErrorDetail = new Google.Rpc.Status { Code = 3, Message = why },
    }).WaitAsync(Patience.WithATask);

    public async Task<DeltaDiscoveryResponse> ReadAsync()
    {
        Assert.True(await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience.WithATask), "the stream ended");
        return _call.ResponseStream.Current;
    }

    /// <summary>The next response as "a=1 b=1 -c", acknowledged.</summary>
    public async Task<string> TakeAsync()
    {
        var response = await ReadAsync();
        await AcknowledgeAsync(response);
        return Text(response);
    }

    /// <summary>How the stream ends.</summary>
    public async Task<Grpc.Core.Status> EndAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(Patience.WithATask))
            {
            }
        }
        catch (RpcException end)
        {
            return end.Status;
        }

        return _call.GetStatus();
    }

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    public void Dispose() => _call.Dispose();

    public static string Text(DeltaDiscoveryResponse response) => string.Join(
        ' ', response.Resources.Select(resource => $"{resource.Name}={resource.Version}").Concat(response.RemovedResources.Select(name => $"-{name}")));
}
