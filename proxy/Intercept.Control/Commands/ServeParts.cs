using Intercept.Control.Authority;
using Intercept.Control.CommandLine;
using Intercept.Control.Generation;
using Intercept.Control.Logging;
using Intercept.Control.Manifests;
using Intercept.Control.Metrics;
using Intercept.Control.Serving;
using Intercept.Control.Serving.Pushing;
using Intercept.Control.Serving.Streams;
using Intercept.Control.Status;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Commands;

/// <summary>The rooms, put together.</summary>
internal sealed class ServeParts : IDisposable
{
    // For what Kestrel has to close after the streams have ended.
    private static readonly TimeSpan _kestrelsOwn = TimeSpan.FromSeconds(2);

    private readonly PushAdmission _admission;

    public ServeParts(ServeOptions options, MeshAuthority authority, IMeshSource source, TimeProvider time, ControlLog log)
    {
        _admission = new PushAdmission(PushAdmission.StandardPlaces, PushAdmission.StandardPatience, time);
        Logger = log.CreateLogger("control");
        Generations = new Generations(new ResourceGenerator(), time);
        Proxies = new ConnectedProxies(options.MaximumProxies);
        Generations.Changed += _ => Proxies.WakeAll();
        Schedule = new PushSchedule(source.Models, Generations, options.PushDelay, options.LongestPushDelay, time);
        Status = new StatusReading(source, Generations, Proxies, () => AuthorityParts.Status(authority), time);
        var metrics = new MetricRegistry();
        var streams = new StreamServices(
            new ServingOptions { Streams = options.MaximumProxies }, Generations, _admission, Proxies, new ServingMetrics(metrics), time, log.CreateLogger("xds"));
        ControlMetrics.Register(metrics, source, Generations, Proxies, _admission, time);
        AuthorityMetrics.Register(metrics, authority);
        Server = new ServerParts(
            options.Addresses, authority.ServerTls, authority.Callers, streams, Status, metrics,
            $"{ControlCommandLine.Program}/{ControlVersion.Text} {Environment.MachineName}", options.DrainTime + _kestrelsOwn);
    }

    public ILogger Logger { get; }

    public Generations Generations { get; }

    public ConnectedProxies Proxies { get; }

    public PushSchedule Schedule { get; }

    public StatusReading Status { get; }

    public ServerParts Server { get; }

    public void Dispose() => _admission.Dispose();
}
