using System.Collections.Immutable;
using Intercept.Capture.Configuration;
using Intercept.Capture.Execution;
using Intercept.Capture.Planning;
using Intercept.Capture.Verification;

namespace Intercept.Node.Agent;

/// <summary>Compares, repairs and removes the capture of one network namespace after another, each in children that enter it.</summary>
internal sealed class PodInstaller(AgentOptions options, SelfCommand self, AgentLog log, TimeProvider time)
{
    // On the node nobody knows a pod's users and resolvers.
    private static readonly HostFacts _node = new(_ => null, _ => null, "");

    public Task<IReadOnlyList<string>> DriftAsync(ImmutableArray<string> arguments, string path, CancellationToken cancellation)
    {
        var wanted = Read(arguments);
        return Installer(wanted.Install, path, _ => { }).DriftAsync(CapturePlan.Create(wanted.Configuration), cancellation);
    }

    public Task InstallAsync(ImmutableArray<string> arguments, string path, string pod, CancellationToken cancellation)
    {
        var wanted = Read(arguments);
        return Installer(wanted.Install, path, line => log.Info($"{pod}: {line}")).InstallAsync(CapturePlan.Create(wanted.Configuration), cancellation);
    }

    public Task UninstallAsync(string path, CancellationToken cancellation) =>
        Installer(new InstallOptions { Ebpf = new EbpfSettings { Bpffs = options.Bpffs } }, path, _ => { }).UninstallAsync(cancellation);

    private static CaptureOptions Read(ImmutableArray<string> arguments)
    {
        var result = CaptureOptionsReader.Read(arguments, ImmutableDictionary<string, string>.Empty, _node);
        return result.Options ?? throw new CaptureException($"what is to be captured cannot be read: {string.Join("; ", result.Problems)}");
    }

    private CaptureInstaller Installer(InstallOptions install, string path, Action<string> progress) => new(
        new ApplySettings
        {
            Backend = new BackendRequest(install.Backend, install.IptablesVariant),
            StateDirectory = options.StateDirectory,
            Ebpf = install.Ebpf,
            NetworkNamespace = path,
            SearchPath = options.Environment.GetValueOrDefault("PATH"),
            LockTimeout = install.LockTimeout,
            CloseWaitTimeout = install.CloseWaitTimeout,
        },
        self, progress, time);
}
