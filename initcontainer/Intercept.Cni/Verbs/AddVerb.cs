using Intercept.Capture.Attachments;
using Intercept.Capture.Planning;
using Intercept.Capture.Pods;
using Intercept.Cni.Deciding;
using Intercept.Cni.Protocol;
using Intercept.Linux;

namespace Intercept.Cni.Verbs;

/// <summary>
/// Captures the pod, or leaves it, and passes on what the plugins before have answered. The record is written before anything is
/// installed: whatever is cut off, DEL and GC find it.
/// </summary>
internal static class AddVerb
{
    // A pod waits for it; the agent reads the records, too.
    private static readonly TimeSpan _agentLimit = TimeSpan.FromMilliseconds(200);

    public static async Task<string> RunAsync(PluginCall call)
    {
        var decision = await call.Decider.DecideAsync(call.Environment, call.Limit);
        if (decision.IsCaptured)
        {
            await CaptureAsync(call, decision);
        }
        else
        {
            call.Log.Info($"not captured: {decision.Reason}");
        }

        return CniOutput.Result(call.Configuration.Version, call.Configuration.PreviousResult);
    }

    private static async Task CaptureAsync(PluginCall call, PodDecision decision)
    {
        var environment = call.Environment;
        var options = PluginCall.Read(decision.Arguments);
        var attachment = new Attachment
        {
            ContainerId = environment.ContainerId,
            Interface = environment.Interface,
            Network = call.Configuration.Name,
            Pod = environment.Pod,
            NetworkNamespace = environment.NetworkNamespace,
            NamespaceInode = FileStamp.Of(environment.NetworkNamespace).Inode,
            Arguments = decision.Arguments,
            Reason = decision.Reason,
            Since = call.Time.GetUtcNow(),
            Version = PluginCall.Version,
        };
        Write(call, attachment);
        await call.Installer(options, environment.NetworkNamespace, call.Log.Info).InstallAsync(CapturePlan.Create(options.Configuration), call.Limit);
        call.Log.Info($"captured: {decision.Reason}");
        await TellAgentAsync(call, attachment);
    }

    private static void Write(PluginCall call, Attachment attachment)
    {
        try
        {
            call.Store.Write(attachment);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CniException(
                CniErrorCode.InputOutput, $"the record of what is captured cannot be written, and without it nothing is: {failure.Message}",
                $"What to do: make {call.Settings.StateDirectory} writable for root, or name another directory (state_directory)");
        }
    }

    private static async Task TellAgentAsync(PluginCall call, Attachment attachment)
    {
        if (call.Settings.AgentSocket is not { } socket)
        {
            return;
        }

        using var limit = new CancellationTokenSource(_agentLimit, call.Time);
        try
        {
            await new AgentClient(socket).AttachedAsync(attachment, limit.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            call.Log.Info("the node agent was not told; it finds the record by itself");
        }
    }
}
