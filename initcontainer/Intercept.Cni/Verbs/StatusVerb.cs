using System.Text;
using Intercept.Capture.Execution;
using Intercept.Cni.Deciding;
using Intercept.Cni.Protocol;

namespace Intercept.Cni.Verbs;

/// <summary>Whether ADD would succeed now: everything that it needs is looked at, and everything that is missing is named.</summary>
internal static class StatusVerb
{
    public static async Task RunAsync(PluginCall call)
    {
        List<string> missing = [.. CaptureReadiness.Missing(call.SearchPath), .. MissingState(call), .. await MissingAgentAsync(call)];
        if (call.Settings is { AgentSocket: null, Selectors.IsEmpty: true })
        {
            missing.Add("nothing says which pods are captured: agent_socket or selectors");
        }

        if (missing.Count > 0)
        {
            throw new CniException(CniErrorCode.NotAvailable, $"no pod can be captured now: {missing[0]}", missing);
        }

        call.Log.Info("ready");
    }

    private static IEnumerable<string> MissingState(PluginCall call)
    {
        var directory = call.Settings.StateDirectory;
        string? failure = null;
        try
        {
            Directory.CreateDirectory(call.Store.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var probe = Path.Combine(call.Store.Folder, $".status-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            failure = $"the state directory {directory} cannot be written: {refused.Message}";
        }

        return failure is null ? [] : [failure];
    }

    private static async Task<IEnumerable<string>> MissingAgentAsync(PluginCall call)
    {
        if (call.Settings.AgentSocket is not { } socket)
        {
            return [];
        }

        try
        {
            var reply = await new AgentClient(socket).ReadyAsync(call.Limit);
            return reply.Status == 200 ? [] : [$"the node agent at {socket} is not ready: {Encoding.UTF8.GetString(reply.Body).Trim()}"];
        }
        catch (IOException failure)
        {
            return [$"the node agent at {socket} cannot be asked: {failure.Message}"];
        }
        catch (OperationCanceledException)
        {
            return [$"the node agent at {socket} gave no answer in {call.Settings.Timeout.TotalSeconds:0.#}s (timeout_seconds)"];
        }
    }
}
