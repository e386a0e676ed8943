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
internal sealed partial class ControlPlaneFeed(
    EventLoop control, ProxyServer server, SecretStore secrets, TimeProvider time, ILogger logger) : IDisposable
{
    private CancellationTokenSource? _stopping;
    private ControlPlaneClient? _client;

    /// <summary>Null before there is a control plane.</summary>
    public ControlPlaneStatus? Status => _client?.Status;

    public ControlPlaneOptions? Options { get; private set; }

    /// <summary>As readiness names it.</summary>
    public static string NameOf(ControlPlaneOptions options) => $"the control plane at {options.Address}";

    /// <summary>Takes up with a control plane, in the place of the one before. On the control loop, or before it starts.</summary>
    /// <param name="bootstrap">Whose resources stay, and win.</param>
    public void Follow(ControlPlaneOptions options, MeshSnapshot bootstrap)
    {
        Dispose();
        Options = options;
        _stopping = new CancellationTokenSource();
        _client = new ControlPlaneClient(options, bootstrap, secrets, time, logger);
        _ = RunAsync(_client, _stopping.Token);
        _ = BringAsync(_client, NameOf(options), _stopping.Token);
    }

    public void Dispose()
    {
        _stopping?.Cancel();
        _stopping?.Dispose();
        _stopping = null;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A defect of the client must not end the proxy: it goes on with what it has.")]
    private async Task RunAsync(ControlPlaneClient client, CancellationToken stopping)
    {
        // Whoever calls may be a loop: nothing of this is to come back to it.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await client.RunAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // As told.
        }
        catch (Exception exception)
        {
            LogEscaped(logger, exception);
        }
    }

    private async Task BringAsync(ControlPlaneClient client, string name, CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await foreach (var snapshot in client.Snapshots.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                control.Post(() =>
                {
                    taken.SetResult();
                    if (!stopping.IsCancellationRequested)
                    {
                        control.Observe(TakeAsync(snapshot, name));
                    }
                });
                await taken.Task.WaitAsync(stopping).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // As told.
        }
    }

    private async Task TakeAsync(MeshSnapshot snapshot, string name)
    {
        await server.Apply(snapshot);
        server.Reach(name);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the client of the control plane met a defect of the proxy; what was configured stays")]
    private static partial void LogEscaped(ILogger logger, Exception exception);
}
