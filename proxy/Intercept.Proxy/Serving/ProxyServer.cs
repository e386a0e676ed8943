using System.Collections.Immutable;
using Intercept.Core;
using Intercept.Core.Outcomes;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Admin.State;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Feeding;
using Intercept.Proxy.Plans;
using Intercept.Proxy.Reloading;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;
using Intercept.Proxy.Upstreams;
using Intercept.Runtime.Loops;
using Intercept.Xds;
using Microsoft.Extensions.Logging;

namespace Intercept.Proxy.Serving;

/// <summary>
/// The proxy's life on its control loop: starts, takes new configurations and certificates, drains, ends. Everything but
/// <see cref="Ended"/> belongs to that loop.
/// </summary>
internal sealed partial class ProxyServer : IDisposable
{
    private const string Names = "the first answers of DNS";

    // How soon a changed file is seen. A look is one statx(2) a file.
    private static readonly TimeSpan _lookInterval = TimeSpan.FromSeconds(1);

    // A name server that does not answer delays readiness by no more than this.
    private static readonly TimeSpan _longestFirstResolution = TimeSpan.FromSeconds(5);

    // Until what came last has been read, and not so often that taking up code again is work.
    private static readonly TimeSpan _settling = TimeSpan.FromMinutes(1);

    // After connections are told to close, they need a turn of their loop, not more.
    private static readonly TimeSpan _longestClosing = TimeSpan.FromSeconds(2);

    private readonly ProxyOptions _options;
    private readonly ConfigurationSource _source;
    private readonly EventLoop _control;
    private readonly PlanBuilder _plans;
    private readonly Workers _workers;
    private readonly ListenerSet _listeners;
    private readonly Resolvers _resolvers;
    private readonly CertificateRotation _rotation;
    private readonly ServingServices _services;
    private readonly ReloadStats _reloads;
    private readonly LoopTimer _look;
    private readonly LoopTimer _settle;
    private readonly SecretStore _secrets;
    private readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LoopTimer? _drain;
    private bool _isEnding;

    public ProxyServer(ProxyOptions options, ConfigurationSource source, EventLoop control, StatRegistry registry, SecretStore secrets, ServingServices services)
    {
        _options = options;
        _source = source;
        _control = control;
        _services = services;
        _plans = new PlanBuilder(registry, secrets, services.Time);
        _workers = new Workers(options.Concurrency, control, services);
        _listeners = new ListenerSet(_workers);
        _resolvers = new Resolvers(control, services.Logger);
        _rotation = new CertificateRotation(registry, secrets, services.Time, services.Logger);
        _reloads = new ReloadStats(registry);
        _look = new LoopTimer(control, LookAtFiles);
        _settle = new LoopTimer(control, static () => ResidentMemory.ReleaseUnused());
        _secrets = secrets;
        secrets.Changed += OnSecretChanged;
    }

    /// <summary>Another bootstrap is in effect.</summary>
    public event Action<BootstrapResult>? Reloaded;

    /// <summary>The exit code, once everything has ended.</summary>
    public Task<int> Ended => _ended.Task;

    public ServerState State { get; private set; } = ServerState.PreInitializing;

    /// <summary>What it waits for before it is live: add to it before the start.</summary>
    public Readiness Readiness { get; } = new();

    public ServingPlan? Plan { get; private set; }

    public DateTimeOffset PlanSince { get; private set; }

    public RefusedConfiguration? Refused { get; private set; }

    public IReadOnlyCollection<BoundListener> Listeners => _listeners.Bound;

    /// <param name="plan">Already built: a bad first configuration ends the program before it serves.</param>
    public async Task StartAsync(ServingPlan plan)
    {
        Readiness.Await(Names, static () => null);
        _workers.Start();
        State = ServerState.Initializing;
        var problems = new List<Problem>();
        if (!_listeners.TryBind(plan, problems))
        {
            problems.ForEach(problem => LogNotStarted(_services.Logger, problem));
            _ended.TrySetResult(ExitCode.Failed);
            return;
        }

        var resolved = Publish(plan);
        _look.Start(_lookInterval);
        await Task.WhenAny(resolved, DelayAsync(_longestFirstResolution));
        Reach(Names);
        if (Readiness.Text is { } waiting)
        {
            LogWaiting(_services.Logger, waiting);
        }
    }

    /// <summary>One thing less to wait for.</summary>
    public void Reach(string what)
    {
        Readiness.Reach(what);
        if (Readiness.IsReached && State == ServerState.Initializing)
        {
            StartupMemory.GiveBack();
            SettleLater();
            State = ServerState.Live;
            LogReady(_services.Logger, string.Join(", ", _listeners.Bound.SelectMany(listener => listener.Addresses)));
        }
    }

    /// <summary>Reads the configuration again, now.</summary>
    public void Reload()
    {
        var result = _source.Read(Plan?.Snapshot);
        var problems = result.Problems.ToList();
        var plan = result.Snapshot is { } snapshot ? _plans.TryBuild(WithDiscovered(snapshot, result), Plan, problems) : null;
        if (plan is null || !_listeners.TryBind(plan, problems))
        {
            if (plan is not null)
            {
                RetireSources(plan, Plan);
            }

            Refuse([.. problems]);
            return;
        }

        Refused = null;
        _reloads.Accepted.Add();
        _control.Observe(Publish(plan));
        LogReloaded(_services.Logger, plan.Snapshot.Version);
        Reloaded?.Invoke(result);
    }

    /// <summary>
    /// Takes what the control plane says. What is wrong with a part of it is the trouble of that part alone. While the proxy
    /// drains as well: it may have connections for minutes yet, and whom policy shuts out by then is shut out.
    /// </summary>
    /// <returns>Ends when the names of new clusters were resolved once, or could not be in reasonable time.</returns>
    /// <exception cref="InvalidOperationException">Not started: the first plan would undo it.</exception>
    public Task Apply(MeshSnapshot snapshot)
    {
        if (State == ServerState.PreInitializing)
        {
            throw new InvalidOperationException("the server takes snapshots once it has been started");
        }

        var problems = new List<Problem>();
        var plan = _plans.Build(snapshot, Plan, problems);
        _listeners.Bind(plan, problems);
        foreach (var problem in problems)
        {
            LogPartFailed(_services.Logger, problem);
        }

        LogTaken(_services.Logger, plan.Snapshot.Version);
        SettleLater();
        return Task.WhenAny(Publish(plan), DelayAsync(_longestFirstResolution));
    }

    /// <summary>Stops accepting, lets connections end for the drain time, closes the rest, ends. A second call does not wait.</summary>
    public void Drain()
    {
        if (_isEnding)
        {
            CloseAndEnd();
            return;
        }

        _isEnding = true;
        LogDraining(_services.Logger, _services.Connections.Value, _options.DrainTime.TotalSeconds);
        StopAccepting(inboundOnly: false);
        _drain = new LoopTimer(_control, CloseAndEnd);
        _drain.Start(_options.DrainTime);
        _workers.WhenAllEmpty(() => _ended.TrySetResult(ExitCode.Success));
    }

    public void DrainListeners(bool graceful, bool inboundOnly)
    {
        StopAccepting(inboundOnly);
        if (graceful)
        {
            _drain ??= new LoopTimer(_control, () => _workers.CloseConnections(CloseReason.Drained));
            _drain.Start(_options.DrainTime);
        }
    }

    /// <summary>Closes every connection and ends.</summary>
    public void Quit()
    {
        _isEnding = true;
        StopAccepting(inboundOnly: false);
        CloseAndEnd();
    }

    public void Dispose()
    {
        _secrets.Changed -= OnSecretChanged;
        _look.Stop();
        _settle.Stop();
        _resolvers.Dispose();
        _workers.Dispose();
    }

    private Task Publish(ServingPlan plan)
    {
        var previous = Plan;
        Plan = plan;
        PlanSince = _services.Time.GetUtcNow();
        foreach (var source in plan.TlsSources.Except(previous?.TlsSources ?? ImmutableArray<TlsSource>.Empty).Where(source => !source.IsUsable))
        {
            _rotation.NoteAbsence(source);
        }

        _workers.Apply(plan, [.. _listeners.Bound]);
        if (previous is not null)
        {
            RetireSources(previous, plan);
        }

        return _resolvers.Apply(plan);
    }

    /// <summary>Gives up the TLS contexts of one plan that another does not use, when no loop can be about to use one.</summary>
    private void RetireSources(ServingPlan from, ServingPlan? kept)
    {
        var unused = from.TlsSources.Except(kept?.TlsSources ?? ImmutableArray<TlsSource>.Empty).ToArray();
        _workers.AfterAllSeen(() => Array.ForEach(unused, source => source.Retire()));
    }

    // What the control plane said stays, as long as there is one.
    private MeshSnapshot WithDiscovered(MeshSnapshot bootstrap, BootstrapResult result) =>
        Plan is { } plan && FeedSettings.ControlPlane(_options.Feed, result.ControlPlane, bootstrap.Node) is not null
            ? SnapshotMerge.Merge(bootstrap, plan.Snapshot)
            : bootstrap;

    private void Refuse(ImmutableArray<Problem> problems)
    {
        _reloads.Refused.Add();
        Refused = new RefusedConfiguration(_services.Time.GetUtcNow(), problems);
        foreach (var problem in problems)
        {
            LogRefused(_services.Logger, problem);
        }
    }

    private void LookAtFiles()
    {
        _look.Start(_lookInterval);
        if (_source.HasChanged)
        {
            Reload();
        }

        RotateCertificates();
    }

    // Certificates and snapshots come seldom, and what reads them is much code.
    private void SettleLater()
    {
        if (!_settle.IsRunning)
        {
            _settle.Start(_settling);
        }
    }

    private void OnSecretChanged(string name) => _control.Post(RotateCertificates);

    private void RotateCertificates()
    {
        var replaced = _rotation.Rotate(Plan?.TlsSources ?? ImmutableArray<TlsSource>.Empty);
        if (replaced.Count > 0)
        {
            SettleLater();
            _workers.AfterAllSeen(() =>
            {
                foreach (var generation in replaced)
                {
                    generation.Dispose();
                }
            });
        }
    }

    private void StopAccepting(bool inboundOnly)
    {
        State = ServerState.Draining;
        _listeners.Drain(inboundOnly);
        _workers.StopAccepting(inboundOnly);
    }

    private void CloseAndEnd()
    {
        _workers.CloseConnections(CloseReason.Drained);
        _workers.WhenAllEmpty(() => _ended.TrySetResult(ExitCode.Success));
        new LoopTimer(_control, () => _ended.TrySetResult(ExitCode.Success)).Start(_longestClosing);
    }

    private Task DelayAsync(TimeSpan delay)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new LoopTimer(_control, passed.SetResult).Start(delay);
        return passed.Task;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "ready on {Addresses}")]
    private static partial void LogReady(ILogger logger, string addresses);

    [LoggerMessage(Level = LogLevel.Error, Message = "not started: {Problem}")]
    private static partial void LogNotStarted(ILogger logger, Problem problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "not ready yet, waiting for {What}")]
    private static partial void LogWaiting(ILogger logger, string what);

    // Not a line at the level that people read: a mesh changes all the time.
    [LoggerMessage(Level = LogLevel.Debug, Message = "snapshot {Version} of the control plane is in effect")]
    private static partial void LogTaken(ILogger logger, long version);

    [LoggerMessage(Level = LogLevel.Information, Message = "configuration {Version} is in effect")]
    private static partial void LogReloaded(ILogger logger, long version);

    [LoggerMessage(Level = LogLevel.Error, Message = "configuration refused, the one before it stays in effect: {Problem}")]
    private static partial void LogRefused(ILogger logger, Problem problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "a part of the configuration cannot be served: {Problem}")]
    private static partial void LogPartFailed(ILogger logger, Problem problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "draining {Connections} connections for at most {Seconds} s")]
    private static partial void LogDraining(ILogger logger, long connections, double seconds);
}
