using System.Collections.Immutable;
using Intercept.Capture.Attachments;
using Intercept.Capture.Configuration;
using Intercept.Capture.Execution;
using Intercept.Capture.Pods;
using Intercept.Capture.Verification;
using Intercept.Cni.Configuration;
using Intercept.Cni.Deciding;
using Intercept.Cni.Logging;
using Intercept.Cni.Protocol;

namespace Intercept.Cni.Verbs;

/// <summary>What a runtime called for, read; and what every verb needs.</summary>
/// <param name="SearchPath">The PATH of this process.</param>
/// <param name="Limit">Ends when the time of the verb is up.</param>
internal sealed record PluginCall(
    CniEnvironment Environment, NetworkConfiguration Configuration, SelfCommand Self, string? SearchPath, PluginLog Log, TimeProvider Time, CancellationToken Limit)
{
    // Of the time of a verb: who waits in vain for a lock still has the time to say so.
    private const double LockShare = 0.8;

    public static string Version { get; } = typeof(PluginCall).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    public PluginSettings Settings => Configuration.Settings;

    public TimeSpan LockTimeout => Settings.Timeout * LockShare;

    public AttachmentStore Store => new(Settings.StateDirectory);

    public PodDecider Decider => new(Settings, Log.Info, Time);

    public static CaptureOptions Read(ImmutableArray<string> arguments)
    {
        var result = CaptureOptionsReader.Read(arguments, ImmutableDictionary<string, string>.Empty, NodeView.Facts);
        return result.Options ?? throw new CniException(
            CniErrorCode.BadConfiguration, $"what is to be captured cannot be read: {result.Problems[0]}", result.Problems.Select(problem => problem.ToString()));
    }

    public CaptureInstaller Installer(CaptureOptions options, string networkNamespace, Action<string> progress) => new(
        new ApplySettings
        {
            Backend = new BackendRequest(options.Install.Backend, options.Install.IptablesVariant),
            StateDirectory = Settings.StateDirectory,
            Ebpf = options.Install.Ebpf,
            NetworkNamespace = networkNamespace,
            SearchPath = SearchPath,
            LockTimeout = TimeSpan.FromTicks(Math.Min(options.Install.LockTimeout.Ticks, LockTimeout.Ticks)),
            CloseWaitTimeout = options.Install.CloseWaitTimeout,
            ForceApply = options.Install.ForceApply,
            IsEbpfTried = Settings.AgentSocket is not null,
        },
        Self, progress, Time);
}
