using Intercept.Core;
using Intercept.Core.Problems;
using Intercept.Linux;
using Intercept.Mesh.Tls;
using Intercept.Proxy.AccessLogs;
using Intercept.Proxy.Admin;
using Intercept.Proxy.CommandLine;
using Intercept.Proxy.Feeding;
using Intercept.Proxy.Logging;
using Intercept.Proxy.Plans;
using Intercept.Proxy.Reloading;
using Intercept.Proxy.Serving;
using Intercept.Proxy.Stats;
using Intercept.Runtime.Loops;
using Intercept.Xds;

namespace Intercept.Proxy;

/// <summary>From options to an exit code: reads the configuration, then serves until told to end.</summary>
internal sealed class ProxyProgram(ProxyOptions options, TextWriter output, TextWriter error, TimeProvider time)
{
    // Logs, admin, certificates while they are read, name resolution, pipes of bulk transfers.
    private const int DescriptorsOfTheProcess = 64;

    // Its epoll, its wake-up, and its listeners on both families, with some to spare.
    private const int DescriptorsOfALoop = 8;

    public async Task<int> RunAsync()
    {
        var registry = new StatRegistry();
        var secrets = new SecretStore();
        var source = new ConfigurationSource(options);
        var problems = new List<Problem>();
        var bootstrap = source.Read(previous: null);
        problems.AddRange(bootstrap.Problems);
        var plan = bootstrap.Snapshot is { } snapshot ? new PlanBuilder(registry, secrets, time).TryBuild(snapshot, previous: null, problems) : null;
        if (plan is null)
        {
            return await FailAsync(problems);
        }

        if (options.Mode == ProxyMode.Validate)
        {
            await output.WriteLineAsync($"configuration '{options.ConfigPath ?? "--config-yaml"}' OK");
            return ExitCode.Success;
        }

        using var log = ProxyLog.TryOpen(options.LogPath, options.LogLevel, time, out var why);
        if (log is null)
        {
            return await FailAsync("--log-path", options.LogPath, why);
        }

        using var accessLog = options.AccessLogPath is null ? null : AccessLog.TryOpen(options.AccessLogPath, log.CreateLogger("access-log"), time, out why);
        if (accessLog is null && options.AccessLogPath is not null)
        {
            return await FailAsync("--access-log", options.AccessLogPath, why);
        }

        return await ServeAsync(source, bootstrap, plan, registry, secrets, log, accessLog);
    }

    private async Task<int> ServeAsync(ConfigurationSource source, BootstrapResult bootstrap, ServingPlan plan, StatRegistry registry, SecretStore secrets, ProxyLog log, AccessLog? accessLog)
    {
        var why = "";
        var logger = log.CreateLogger("proxy");
        using var control = new EventLoop("control", exception => ProxyReports.Escaped(logger, exception), time);
        var services = new ServingServices(new CloseStats(registry), registry.Gauge("server.total_connections"), MaximumConnections(), accessLog, time, logger)
        {
            PresentsClients = options.PresentsClients,
        };
        using var server = new ProxyServer(options, source, control, registry, secrets, services);
        using var feeds = new Feeds(options, FeedSettings.Certificates(options.Feed, plan.Snapshot.Node.Id)?.Create(time, log.CreateLogger("certificates")), control, server, secrets, time, log.CreateLogger("feed"));
        var state = new ProxyState(server, feeds, options, registry, secrets, log, time);
        using var admin = plan.Snapshot.Admin is { } address ? AdminServer.TryStart(control, address, state, time, log.CreateLogger("admin"), out why) : null;
        if (admin is null && plan.Snapshot.Admin is not null)
        {
            return await NotListeningAsync("admin.address", $"{plan.Snapshot.Admin}", why);
        }

        using var health = options.HealthAddresses.IsEmpty ? null : HealthServer.TryStart(control, options.HealthAddresses, state, time, log.CreateLogger("health"), out why);
        if (health is null && !options.HealthAddresses.IsEmpty)
        {
            return await NotListeningAsync("--health-address", string.Join(", ", options.HealthAddresses), why);
        }

        using var signals = new Signals(control, server, log, accessLog);

        // First in the loop's queue: what the disk kept of a control plane may be read before the loop has begun, and the
        // bootstrap's plan must not take its place.
        control.Start(() => server.StartAsync(plan));
        feeds.Start(bootstrap);
        control.Start();
        return await server.Ended;
    }

    /// <summary>Each connection takes two descriptors.</summary>
    private long MaximumConnections() =>
        Math.Max(1, (ResourceLimits.OpenFiles - DescriptorsOfTheProcess - (DescriptorsOfALoop * options.Concurrency)) / 2);

    private async Task<int> FailAsync(List<Problem> problems)
    {
        foreach (var problem in problems)
        {
            await error.WriteLineAsync($"{ProxyCommandLine.Program}: {problem}");
        }

        await error.WriteLineAsync($"{ProxyCommandLine.Program}: {problems.Count} problem(s) in the configuration");
        return ExitCode.Usage;
    }

    private async Task<int> NotListeningAsync(string what, string address, string why)
    {
        await error.WriteLineAsync($"{ProxyCommandLine.Program}: {what} '{address}' cannot be listened on ({why}); `ss -ltnp` names who does");
        return ExitCode.Failed;
    }

    private Task<int> FailAsync(string flag, string? value, string why) =>
        FailAsync([new Problem("command line", 0, flag, value, $"cannot be opened: {why}", "a file that this user can write")]);
}
