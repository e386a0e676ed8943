using Intercept.Control.Manifests;
using Intercept.Control.Serving.Pushing;
using Intercept.Control.Serving.Sessions;
using Intercept.Control.Serving.Streams;

namespace Intercept.Control.Status;

/// <summary>What the process is doing, read when somebody asks. Any thread.</summary>
/// <param name="certificates">Null without an authority.</param>
internal sealed class StatusReading(
    IMeshSource source, Generations generations, ConnectedProxies proxies, Func<CertificateStatus>? certificates, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private volatile bool _isStopping;

    /// <summary>Manifests are in force, and the process is not ending.</summary>
    public bool IsReady => generations.Current is not null && !_isStopping;

    public ControlStatus Now()
    {
        var current = generations.Current;
        return new ControlStatus(
            ControlVersion.Text, source.Status.Source, IsReady, _started, current?.Number ?? 0, current?.Since,
            current is null ? null : Math.Round((time.GetUtcNow() - current.Since).TotalSeconds, 3),
            [.. source.Status.Problems.Select(ProblemStatus.Of)], [.. source.Status.Warnings.Select(ProblemStatus.Of)],
            [.. proxies.All.OrderBy(proxy => proxy.Node.Id, StringComparer.Ordinal).Select(Of)],
            certificates?.Invoke());
    }

    public void Stopping() => _isStopping = true;

    private static ProxyStatus Of(IConnectedProxy proxy) => new(
        proxy.Node.Id, proxy.Caller, proxy.Protocol, proxy.Since, proxy.Generation, [.. proxy.Types.Select(Of)]);

    private static ProxyTypeStatus Of(TypeStatus type) => new(
        ServingMetrics.ShortName(type.Type), type.Rejection is not null ? "rejected" : type.IsInSync ? "synced" : "sent",
        type.SentVersion, type.AcknowledgedVersion, type.Subscribed, type.Rejection);
}
