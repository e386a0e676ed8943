using System.Collections.Immutable;
using System.Threading.Channels;
using Grpc.Core;
using Intercept.Control.Generation;
using Intercept.Control.Serving.Pushing;
using Intercept.Control.Serving.Sessions;

namespace Intercept.Control.Serving.Streams;

/// <summary>One ADS stream: requests change the session, and one writer sends what the session then says is next.</summary>
internal sealed class ProxyStream<TRequest, TResponse>(
    DiscoverySession<TRequest, TResponse> session, ProxyNode node, string caller, string protocol, StreamServices services) : IConnectedProxy
    where TRequest : class
    where TResponse : class
{
    private readonly Lock _lock = new();
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource<string> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _generation;

    public ProxyNode Node => node;

    public string Caller => caller;

    public string Protocol => protocol;

    public DateTimeOffset Since { get; } = services.Time.GetUtcNow();

    public long Generation => Interlocked.Read(ref _generation);

    public ImmutableArray<TypeStatus> Types
    {
        get
        {
            lock (_lock)
            {
                return [.. session.Status];
            }
        }
    }

    public void Wake() => _wakes.Writer.TryWrite(true);

    public void End(string why) => _ending.TrySetResult(why);

    /// <summary>Until the proxy ends the stream, or it is ended.</summary>
    public async Task RunAsync(TRequest first, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Receive(first);
        var reading = ReadAsync(requests, stop.Token);
        var writing = WriteAsync(responses, stop.Token);
        var ended = await Task.WhenAny(reading, writing, _ending.Task);
        await stop.CancelAsync();
        await Task.WhenAll(reading, writing).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (ended == _ending.Task)
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, await _ending.Task));
        }

        await ended;
    }

    private async Task ReadAsync(IAsyncStreamReader<TRequest> requests, CancellationToken cancellation)
    {
        while (await requests.MoveNext(cancellation))
        {
            Receive(requests.Current);
        }
    }

    private void Receive(TRequest request)
    {
        ReceivedRequest received;
        lock (_lock)
        {
            received = session.Receive(request);
        }

        switch (received)
        {
            case { Kind: RequestKind.OverLimit }:
                services.Metrics.Refusals.Add("limit");
                StreamReports.OverLimit(services.Logger, node.Id, received.Reason!);
                throw new RpcException(new Grpc.Core.Status(StatusCode.ResourceExhausted, received.Reason!));
            case { Kind: RequestKind.Rejection, Type: { } type }:
                services.Metrics.CountReject(type);
                StreamReports.Rejected(services.Logger, node.Id, ServingMetrics.ShortName(type), received.Reason!);
                break;
            case { Kind: RequestKind.Stale, Type: { } type }:
                services.Metrics.StaleRequests.Add(ServingMetrics.ShortName(type));
                break;
        }

        Wake();
    }

    private async Task WriteAsync(IServerStreamWriter<TResponse> responses, CancellationToken cancellation)
    {
        await foreach (var _ in _wakes.Reader.ReadAllAsync(cancellation))
        {
            while (await SendNextAsync(responses, cancellation))
            {
            }
        }
    }

    private async Task<bool> SendNextAsync(IServerStreamWriter<TResponse> responses, CancellationToken cancellation)
    {
        await services.Admission.EnterAsync(cancellation);

        // The newest after the wait, which many proxies at once make long. A stream is served when there is a first one, never before.
        var generation = services.Generations.Current!;
        Push<TResponse>? push;
        Task writing;
        try
        {
            push = Next(generation);
            if (push is null)
            {
                services.Admission.Leave();
                return false;
            }

            writing = responses.WriteAsync(push.Response, cancellation);
        }
        catch
        {
            services.Admission.Leave();
            throw;
        }

        var began = services.Time.GetTimestamp();
        if (!await services.Admission.LeaveAfterAsync(writing))
        {
            services.Metrics.WriteTimeouts.Add();
        }

        var type = ServingMetrics.ShortName(push.Type);
        services.Metrics.SendTime.Observe(services.Time.GetElapsedTime(began).TotalSeconds);
        services.Metrics.Pushes.Add(type);
        services.Metrics.Resources.Add(type, push.Updated);
        StreamReports.Sent(services.Logger, node.Id, type, push.Updated, push.Removed, generation.Number);
        return true;
    }

    private Push<TResponse>? Next(MeshGeneration generation)
    {
        var resources = generation.ResourcesFor(node);
        bool isDone;
        lock (_lock)
        {
            if (session.Next(resources) is { } push)
            {
                return push;
            }

            isDone = !session.IsAwaitingAnswer;
        }

        // Only this one writer moves it.
        if (isDone && _generation != generation.Number)
        {
            Interlocked.Exchange(ref _generation, generation.Number);
            services.Metrics.ConvergenceTime.Observe((services.Time.GetUtcNow() - (generation.Since > Since ? generation.Since : Since)).TotalSeconds);
        }

        return null;
    }
}
