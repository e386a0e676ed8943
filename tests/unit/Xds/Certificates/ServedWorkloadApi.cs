using System.Collections.Concurrent;
using System.Threading.Channels;
using Grpc.Core;
using Spiffe.Workload;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>A Workload API on a Unix socket: each stream gets the state as it is, then each new one.</summary>
internal sealed class ServedWorkloadApi : SpiffeWorkloadAPI.SpiffeWorkloadAPIBase, IAsyncDisposable
{
    private readonly ConcurrentDictionary<ServerCallContext, Channel<X509SVIDResponse>> _streams = [];
    private GrpcHost _host = null!;
    private X509SVIDResponse? _state;

    /// <summary>Answers streams with this instead.</summary>
    public Status? Refusal { get; set; }

    /// <summary>How many streams were opened.</summary>
    public int Opened { get; private set; }

    public static async Task<ServedWorkloadApi> StartAsync(string path)
    {
        var api = new ServedWorkloadApi();
        api._host = await GrpcHost.StartAsync($"http://unix:{path}", api);
        return api;
    }

    public void Push(X509SVIDResponse state)
    {
        _state = state;
        foreach (var stream in _streams.Values)
        {
            stream.Writer.TryWrite(state.Clone());
        }
    }

    /// <summary>Ends the streams that are open.</summary>
    public void Hang()
    {
        foreach (var stream in _streams.Values)
        {
            stream.Writer.TryComplete();
        }
    }

    public override async Task FetchX509SVID(X509SVIDRequest request, IServerStreamWriter<X509SVIDResponse> responseStream, ServerCallContext context)
    {
        Opened++;
        if (Refusal is { } refusal || context.RequestHeaders.GetValue("workload.spiffe.io") != "true")
        {
            throw new RpcException(Refusal ?? new Status(StatusCode.InvalidArgument, "security header missing"));
        }

        var states = Channel.CreateUnbounded<X509SVIDResponse>();
        _streams[context] = states;
        if (_state is { } state)
        {
            states.Writer.TryWrite(state.Clone());
        }

        await foreach (var next in states.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(next);
        }

        _streams.TryRemove(context, out _);
    }

    public async ValueTask DisposeAsync() => await _host.DisposeAsync();
}
