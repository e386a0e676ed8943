using Intercept.Capture.Planning;
using Intercept.Cni.Protocol;
using Intercept.Linux;

namespace Intercept.Cni.Verbs;

/// <summary>Compares what is in the container's namespace with what was planned for it.</summary>
internal static class CheckVerb
{
    public static async Task RunAsync(PluginCall call)
    {
        var environment = call.Environment;
        if (call.Configuration.PreviousResult is null)
        {
            throw new CniException(CniErrorCode.BadConfiguration, "network configuration: prevResult is missing; allowed: the result of ADD, which CHECK is about");
        }

        if (call.Store.Find(environment.ContainerId, environment.Interface) is not { } file)
        {
            await CheckUncapturedAsync(call);
            return;
        }

        if (file.Attachment is not { } attachment)
        {
            throw new CniException(CniErrorCode.Differs, $"{file.Path} {file.Failure}");
        }

        if (FileStamp.Of(environment.NetworkNamespace).Inode != attachment.NamespaceInode)
        {
            throw new CniException(
                CniErrorCode.Differs, $"the pod {attachment.Pod} was captured in another network namespace than {environment.NetworkNamespace}: what is there is not captured");
        }

        var options = PluginCall.Read(attachment.Arguments);
        var differences = await call.Installer(options, environment.NetworkNamespace, call.Log.Info).DriftAsync(CapturePlan.Create(options.Configuration), call.Limit);
        if (differences.Count > 0)
        {
            throw new CniException(
                CniErrorCode.Differs, $"{differences.Count} difference(s) between what is installed and what was planned: {differences[0]}", differences);
        }

        call.Log.Info("what is installed is what was planned");
    }

    private static async Task CheckUncapturedAsync(PluginCall call)
    {
        var decision = await call.Decider.DecideAsync(call.Environment, call.Limit);
        if (decision.IsCaptured)
        {
            throw new CniException(CniErrorCode.Differs, $"the pod is to be captured ({decision.Reason}), and no record says that it was");
        }

        call.Log.Info($"not captured, as planned: {decision.Reason}");
    }
}
