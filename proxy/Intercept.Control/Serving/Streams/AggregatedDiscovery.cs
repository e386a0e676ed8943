using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Intercept.Control.Serving.Sessions;

namespace Intercept.Control.Serving.Streams;

/// <summary>The gRPC service; a session for each call.</summary>
/// <param name="streams">Of every session alike.</param>
/// <param name="identity">Told with each response: which control plane this is.</param>
internal sealed class AggregatedDiscovery(DiscoveryStreams streams, ServingOptions options, ControlPlane identity)
    : AggregatedDiscoveryService.AggregatedDiscoveryServiceBase
{
    private static long _streams;

    public override Task DeltaAggregatedResources(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) =>
        streams.ServeAsync(new DeltaSession(options.Session, identity, NextId()), "delta", requestStream, responseStream, context);

    public override Task StreamAggregatedResources(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) =>
        streams.ServeAsync(new SotwSession(options.Session, identity, NextId()), "sotw", requestStream, responseStream, context);

    private static string NextId() => $"{Interlocked.Increment(ref _streams):x}";
}
