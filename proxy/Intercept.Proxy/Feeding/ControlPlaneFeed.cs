using System.Diagnostics.CodeAnalysis;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Serving;
using Intercept.Runtime.Loops;
using Intercept.Xds;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Feeding;

/// <summary>
/// Brings what a control plane says to the server. The client runs on tasks of the thread pool, away from every loop; the
/// control loop is given one snapshot at a time, and the newest when it was busy meanwhile.
/// </summary>
internal sealed class ControlPlaneFeed(
    EventLoop control, ProxyServer server, SecretStore secrets, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>As readiness names it.</summary>
    public const string Name = "the control plane";

    private readonly FeedRunner _runner = new("the client of the control plane", time, logger);
    private CancellationTokenSource? _stopping;
    private ControlPlaneClient? _client;
    private Task _running = Task.CompletedTask;

    /// <summary>Null before there is a control plane.</summary>
    public ControlPlaneStatus? Status => Volatile.Read(ref _client)?.Status;

    public ControlPlaneOptions? Options { get; private set; }

    public long Defects => _runner.Defects;

    /// <summary>What keeps it away, for readiness.</summary>
    public string? Why => _runner.Explain(Options is { } options ? $"{options.Address}{(Status?.LastFailure is { } failure ? $": {failure}" : "")}" : null);

    /// <summary>Takes up with a control plane, in the place of the one before. On the control loop, or before it starts.</summary>
    /// <param name="bootstrap">Whose resources stay, and win.</param>
    public void Follow(ControlPlaneOptions options, MeshSnapshot bootstrap)
    {
        Dispose();
        Options = options;
        _stopping = new CancellationTokenSource();
        var before = _client;
        var client = Create();
        Volatile.Write(ref _client, client);
        _running = RunAsync(_running, client, before, Create, _stopping.Token);

        ControlPlaneClient Create() => new(options, bootstrap, secrets, time, logger);
    }

    /// <summary>There is none any more.</summary>
    public void Leave()
    {
        Dispose();
        Options = null;
        Volatile.Write(ref _client, null);
    }

    public void Dispose()
    {
        _stopping?.Cancel();
        _stopping?.Dispose();
        _stopping = null;
    }

    private async Task RunAsync(
        Task running, ControlPlaneClient client, ControlPlaneClient? before, Func<ControlPlaneClient> create, CancellationToken stopping)
    {
        // Whoever calls may be a loop: nothing of this is to come back to it. And two clients would write the same secrets
        // and the same file, the one that is to end perhaps last.
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var isFirst = true;
        await _runner.RunAsync(
            ending =>
            {
                if (isFirst)
                {
                    isFirst = false;
                    Begin(client, before);
                    before = null;
                }
                else
                {
                    // What met a defect is not taken over: what is in effect stays so, and the control plane says all of it again.
                    var failed = client;
                    client = create();
                    Interlocked.CompareExchange(ref _client, client, failed);
                }

                return BringAsync(client, ending);
            },
            stopping).ConfigureAwait(false);
    }

    private static void Begin(ControlPlaneClient client, ControlPlaneClient? before)
    {
        if (before is null || !client.TryTakeOver(before))
        {
            client.Restore();
        }
    }

    private async Task BringAsync(ControlPlaneClient client, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var bringing = BringSnapshotsAsync(client, ending.Token);
        try
        {
            await client.RunAsync(stopping).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await bringing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task BringSnapshotsAsync(ControlPlaneClient client, CancellationToken stopping)
    {
        await foreach (var snapshot in client.Snapshots.ReadAllAsync(stopping).ConfigureAwait(false))
        {
            var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            control.Post(() =>
            {
                taken.SetResult();
                if (!stopping.IsCancellationRequested)
                {
                    control.Observe(TakeAsync(snapshot));
                }
            });
            await taken.Task.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A snapshot that cannot be taken leaves the one before it in effect; the next may be better.")]
    private async Task TakeAsync(MeshSnapshot snapshot)
    {
        try
        {
            await server.Apply(snapshot);
            server.Reach(Name);
        }
        catch (Exception defect)
        {
            _runner.Note(defect);
        }
    }
}
