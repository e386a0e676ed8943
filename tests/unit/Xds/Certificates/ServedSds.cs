using System.Collections.Concurrent;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Secret.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Secret = Envoy.Extensions.TransportSockets.Tls.V3.Secret;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>An agent's secret discovery service: state of the world, as Istio's, and delta where a test wants it.</summary>
internal sealed class ServedSds : SecretDiscoveryService.SecretDiscoveryServiceBase, IAsyncDisposable
{
    private const string Url = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    private readonly Channel<DeltaDiscoveryResponse> _pushes = Channel.CreateUnbounded<DeltaDiscoveryResponse>();
    private GrpcHost _host = null!;
    private int _version;

    public bool KnowsDelta { get; init; }

    /// <summary>The error details of requests; null for those that accept.</summary>
    public ConcurrentQueue<string?> Answers { get; } = [];

    public ConcurrentQueue<string> Names { get; } = [];

    public async Task StartAsync(string path) => _host = await GrpcHost.StartAsync($"http://unix:{path}", this);

    public void Push(params Secret[] secrets)
    {
        var response = new DeltaDiscoveryResponse { TypeUrl = Url, Nonce = $"{++_version}" };
        response.Resources.AddRange(secrets.Select(secret => new Resource { Name = secret.Name, Version = $"{_version}", Resource_ = Any.Pack(secret) }));
        _pushes.Writer.TryWrite(response);
    }

    public void Remove(string name) =>
        _pushes.Writer.TryWrite(new DeltaDiscoveryResponse { TypeUrl = Url, Nonce = $"{++_version}", RemovedResources = { name } });

    public override Task StreamSecrets(
        IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context) => ServeAsync(
            requestStream,
            request => (request.ResourceNames, request.ResponseNonce, request.ErrorDetail?.Message),
            push => responseStream.WriteAsync(new DiscoveryResponse
            {
                TypeUrl = Url,
                VersionInfo = push.Nonce,
                Nonce = push.Nonce,
                Resources = { push.Resources.Select(resource => resource.Resource_) },
            }),
            context);

    public override Task DeltaSecrets(
        IAsyncStreamReader<DeltaDiscoveryRequest> requestStream, IServerStreamWriter<DeltaDiscoveryResponse> responseStream, ServerCallContext context) => KnowsDelta
        ? ServeAsync(
            requestStream,
            request => (request.ResourceNamesSubscribe, request.ResponseNonce, request.ErrorDetail?.Message),
            responseStream.WriteAsync,
            context)
        : base.DeltaSecrets(requestStream, responseStream, context);

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();

    private async Task ServeAsync<TRequest>(
        IAsyncStreamReader<TRequest> requests,
        Func<TRequest, (IEnumerable<string> Names, string Nonce, string? Error)> read,
        Func<DeltaDiscoveryResponse, Task> write,
        ServerCallContext context)
    {
        await requests.MoveNext(context.CancellationToken);
        foreach (var name in read(requests.Current).Names)
        {
            Names.Enqueue(name);
        }

        while (true)
        {
            await write(await _pushes.Reader.ReadAsync(context.CancellationToken));
            do
            {
                await requests.MoveNext(context.CancellationToken);
            }
            while (read(requests.Current).Nonce.Length == 0);

            Answers.Enqueue(read(requests.Current).Error);
        }
    }
}
