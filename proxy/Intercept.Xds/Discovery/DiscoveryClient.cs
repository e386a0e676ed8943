using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Envoy.Service.Secret.V3;
using Grpc.Core;
using Intercept.Xds.Transport;
using Microsoft.Extensions.Logging;

namespace Intercept.Xds.Discovery;

/// <summary>
/// Keeps a receiver fed by one server: delta xDS where the server knows it, else the state of the world. A stream that
/// ends is opened again; what the receiver has stays as it is meanwhile.
/// </summary>
internal sealed class DiscoveryClient(DiscoveryOptions options, IResourceReceiver receiver, TimeProvider time, ILogger logger)
{
    private readonly DiscoveryJournal _journal = new(options.Server.Address, time, logger);
    private readonly Dictionary<ResourceType, string> _acceptedVersions = [];
    private readonly ResourceLifetimes _lifetimes = new(time);

    private readonly OwnCertificate _certificate = new(options.Server, time);

    // One pending wake is as good as many.
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // When a server last said that it does not know delta.
    private long? _withoutDelta;

    /// <summary>Any thread.</summary>
    public DiscoveryStatus Status => _journal.Status;

    /// <summary>The receiver wants something else than when it was asked last. Any thread; not needed from within its calls.</summary>
    public void WantedChanged() => _wakes.Writer.TryWrite(true);

    /// <summary>Until cancelled; then it returns.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var backoff = new Backoff(options.FirstBackoff, options.LongestBackoff);
        await using var timer = time.CreateTimer(_ => WantedChanged(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            for (var isRefused = false; ;)
            {
                await WaitUntilWantedAsync(stop);

                // Whoever has just said no is asked for the state of the world, however soon delta is to be tried again.
                var isDelta = options.Delta && !isRefused && !(_withoutDelta is { } since && time.GetElapsedTime(since) < options.DeltaRetry);
                var opened = time.GetTimestamp();
                _journal.Opening(isDelta);
                var end = await TryStreamAsync(isDelta, timer, stop);
                stop.ThrowIfCancellationRequested();
                isRefused = isDelta && end.Code == StatusCode.Unimplemented;
                if (isRefused)
                {
                    _withoutDelta = time.GetTimestamp();
                    _journal.WithoutDelta();
                    continue;
                }

                _journal.Ended(end.Why);
                receiver.Disconnected(end.Why);
                if (end.IsPassing || time.GetElapsedTime(opened) > options.LongestBackoff)
                {
                    backoff.Reset();
                }

                await PauseAsync(backoff.Next(), stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // As the caller wishes.
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (pause - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(_lifetimes.Next is { } next && next < left ? next : left, time, stop);
            _journal.Expired(_lifetimes.Expire(receiver));
        }
    }

    private async Task WaitUntilWantedAsync(CancellationToken stop)
    {
        while (TypeUrls.All.All(type => receiver.Wanted(type).IsNone))
        {
            await _wakes.Reader.ReadAsync(stop);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The proxy goes on with what it has, whatever a response makes fail here.")]
    private async Task<StreamEnd> TryStreamAsync(bool isDelta, ITimer timer, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            return await OpenStreamAsync(isDelta, timer, ending.Token);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            _journal.Escaped(failure);
            return new StreamEnd(StatusCode.Internal, $"a response could not be dealt with: {failure.Message}", HasAnswered: true);
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task<StreamEnd> OpenStreamAsync(bool isDelta, ITimer timer, CancellationToken cancel)
    {
        using var connection = ServerConnection.TryOpen(options.Server, _certificate.Next(), out var why);
        if (connection?.TryReadHeaders(out why) is not { } headers)
        {
            return new StreamEnd(StatusCode.FailedPrecondition, why, HasAnswered: false);
        }

        var end = await ConverseAsync(connection.Calls, headers, isDelta, timer, cancel);
        _certificate.Ended(isUnanswered: connection.HasConnected && end is { IsBroken: true, HasAnswered: false });
        return end;
    }

    private async Task<StreamEnd> ConverseAsync(CallInvoker calls, Metadata headers, bool isDelta, ITimer timer, CancellationToken cancel)
    {
        var awaited = new AwaitedResources(options, time);
        if (isDelta)
        {
            using var call = OpenDelta(calls, headers, cancel);
            return await RunAsync(call, new DeltaClientSession(options.Node, receiver, awaited, _lifetimes), awaited, timer, cancel);
        }
        else
        {
            using var call = OpenSotw(calls, headers, cancel);
            return await RunAsync(call, new SotwClientSession(options.Node, receiver, awaited, _lifetimes, _acceptedVersions), awaited, timer, cancel);
        }
    }

    private AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> OpenDelta(
        CallInvoker calls, Metadata headers, CancellationToken cancel) => options.Service == DiscoveryService.Secret
        ? new SecretDiscoveryService.SecretDiscoveryServiceClient(calls).DeltaSecrets(headers, cancellationToken: cancel)
        : new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(calls).DeltaAggregatedResources(headers, cancellationToken: cancel);

    private AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> OpenSotw(
        CallInvoker calls, Metadata headers, CancellationToken cancel) => options.Service == DiscoveryService.Secret
        ? new SecretDiscoveryService.SecretDiscoveryServiceClient(calls).StreamSecrets(headers, cancellationToken: cancel)
        : new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(calls).StreamAggregatedResources(headers, cancellationToken: cancel);

    private Task<StreamEnd> RunAsync<TRequest, TResponse>(
        AsyncDuplexStreamingCall<TRequest, TResponse> call,
        IDiscoverySession<TRequest, TResponse> session,
        AwaitedResources awaited,
        ITimer timer,
        CancellationToken cancel) =>
        new DiscoveryStream<TRequest, TResponse>(call, session, receiver, awaited, _lifetimes, _journal, _wakes.Reader, timer).RunAsync(cancel);
}
