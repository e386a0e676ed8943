using System.Threading.Channels;
using Grpc.Core;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Discovery;

/// <summary>
/// Carries a session over one gRPC stream. Reads, writes, timeouts and changed wishes are waited for together, and all of
/// them are dealt with on the task that awaits <see cref="RunAsync"/>.
/// </summary>
/// <param name="timer">Wakes <paramref name="wakes"/>.</param>
internal sealed class DiscoveryStream<TRequest, TResponse>(
    AsyncDuplexStreamingCall<TRequest, TResponse> call,
    IDiscoverySession<TRequest, TResponse> session,
    IResourceReceiver receiver,
    AwaitedResources awaited,
    ResourceLifetimes lifetimes,
    DiscoveryJournal journal,
    ChannelReader<bool> wakes,
    ITimer timer)
{
    // A server that sends and does not read: no more than this many answers are kept for it.
    private const int MaxUnsent = 64;

    private readonly Queue<TRequest> _unsent = new();
    private bool _isWritable = true;
    private bool _hasAnswered;

    /// <summary>Until the server ends the stream, or it breaks.</summary>
    public async Task<StreamEnd> RunAsync(CancellationToken cancel)
    {
        try
        {
            Send(session.Ask());

            // Written is connected: before that nothing waits for an answer.
            await WriteAsync(_unsent.Dequeue(), cancel);
            awaited.Connect();
            await ConverseAsync(cancel);
            return new StreamEnd(StatusCode.OK, "the server closed the stream", _hasAnswered);
        }
        catch (RpcException failure)
        {
            return new StreamEnd(failure.StatusCode, CallFailure.Describe(failure), _hasAnswered, CallFailure.IsOfConnection(failure));
        }
        finally
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task ConverseAsync(CancellationToken cancel)
    {
        Task<bool>? read = null;
        Task? write = null;
        var wake = wakes.WaitToReadAsync(cancel).AsTask();
        while (true)
        {
            if (write is null && _isWritable && _unsent.TryDequeue(out var request))
            {
                write = WriteAsync(request, cancel);
            }

            if (read is null && (_unsent.Count < MaxUnsent || !_isWritable))
            {
                read = call.ResponseStream.MoveNext(cancel);
            }

            timer.Change(Earlier(awaited.Next, lifetimes.Next) ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            await Task.WhenAny(read ?? wake, write ?? wake, wake);
            if (write is { IsCompleted: true })
            {
                await write;
                write = null;
            }

            if (read is { IsCompleted: true })
            {
                if (!await read)
                {
                    return;
                }

                read = null;
                Take(call.ResponseStream.Current);
            }

            if (wake.IsCompleted)
            {
                await wake;
                wakes.TryRead(out _);
                wake = wakes.WaitToReadAsync(cancel).AsTask();
                Expire();
                Send(session.Ask());
            }
        }
    }

    private void Take(TResponse response)
    {
        var answer = session.Answer(response);
        journal.Answered(isFirst: !_hasAnswered, answer.Type, answer.ControlPlane, answer.Refusal, answer.ServerErrors);
        _hasAnswered = true;
        Send(answer.Requests);
    }

    private void Expire()
    {
        foreach (var (type, name) in awaited.TakeExpired())
        {
            journal.Absent(type, name);
            receiver.Absent(type, name);
        }

        journal.Expired(lifetimes.Expire(receiver));
    }

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;

    private void Send(IEnumerable<TRequest> requests)
    {
        foreach (var request in requests)
        {
            _unsent.Enqueue(request);
        }
    }

    // What cannot be written to is at its end, and the next read says why.
    private async Task WriteAsync(TRequest request, CancellationToken cancel)
    {
        try
        {
            await call.RequestStream.WriteAsync(request, cancel);
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
            _isWritable = false;
        }
    }
}
