namespace Intercept.Cni.Verbs;

/// <summary>
/// Removes what ADD put in, if anything, and always succeeds: a pod that cannot be taken down blocks its node, and what could not be
/// removed goes with its namespace, or with the next GC. Nobody is asked.
/// </summary>
internal static class DeleteVerb
{
    public static async Task RunAsync(PluginCall call)
    {
        var environment = call.Environment;
        try
        {
            if (call.Store.Find(environment.ContainerId, environment.Interface) is not { } file)
            {
                call.Log.Info("nothing of this container was captured");
                return;
            }

            call.Log.Pod = file.Attachment?.Pod.ToString() ?? call.Log.Pod;
            if (await Detaching.RunAsync(call, file, environment.NetworkNamespace))
            {
                call.Log.Info("no longer captured");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            call.Log.Error($"the record of what was captured cannot be read or removed: {failure.Message}");
        }
    }
}
