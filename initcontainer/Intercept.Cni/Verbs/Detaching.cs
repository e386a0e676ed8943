using Intercept.Capture.Attachments;
using Intercept.Capture.Configuration;
using Intercept.Capture.Ebpf.Pinning;
using Intercept.Capture.Execution;
using Intercept.Capture.Reporting;
using Intercept.Cni.Protocol;
using Intercept.Linux;

namespace Intercept.Cni.Verbs;

/// <summary>Takes out what one record says was put in.</summary>
internal static class Detaching
{
    /// <param name="given">What the runtime says the namespace is now; empty where it says nothing.</param>
    /// <returns>False where something of it may still be there; the record then stays for the next to try.</returns>
    public static async Task<bool> RunAsync(PluginCall call, AttachmentFile file, string given)
    {
        var done = file.Attachment is not { } attachment
            ? await UnreadableAsync(call, file, given)
            : await RemoveAsync(call, attachment, given);
        if (done)
        {
            call.Store.Remove(file.Name);
        }

        return done;
    }

    private static Task<bool> RemoveAsync(PluginCall call, Attachment attachment, string given)
    {
        var options = Options(call, attachment);
        var path = Namespace(attachment, given);
        return path is null
            ? ForgetAsync(call, options, attachment.NamespaceInode)
            : UninstallAsync(call, options, path);
    }

    // What it says is lost, but not that it captured.
    private static Task<bool> UnreadableAsync(PluginCall call, AttachmentFile file, string given)
    {
        call.Log.Warning($"{file.Path} {file.Failure}: what it recorded is removed by what the kernel shows");
        return CniEnvironment.IsNamespace(given) && !CniEnvironment.IsHost(given)
            ? UninstallAsync(call, new InstallOptions(), given)
            : CollectAsync(call, new InstallOptions());
    }

    // Its file may be that of another namespace by now: a process number, or a name, that was used again.
    private static string? Namespace(Attachment attachment, string given)
    {
        foreach (var path in new[] { given, attachment.NetworkNamespace })
        {
            if (CniEnvironment.IsNamespace(path) && FileStamp.Of(path).Inode == attachment.NamespaceInode && !CniEnvironment.IsHost(path))
            {
                return path;
            }
        }

        return null;
    }

    // A later version's arguments may be unknown here; rules are removed whatever they are.
    private static InstallOptions Options(PluginCall call, Attachment attachment)
    {
        try
        {
            return PluginCall.Read(attachment.Arguments).Install;
        }
        catch (CniException failure)
        {
            call.Log.Warning(failure.Message);
            return new InstallOptions();
        }
    }

    private static async Task<bool> UninstallAsync(PluginCall call, InstallOptions options, string path)
    {
        try
        {
            await call.Installer(new CaptureOptions(new CaptureConfiguration(), options), path, call.Log.Info).UninstallAsync(call.Limit);
            return true;
        }
        catch (CaptureException) when (!CniEnvironment.IsNamespace(path))
        {
            // It went meanwhile, and the rules with it.
            return await CollectAsync(call, options);
        }
        catch (CaptureException failure)
        {
            call.Log.Error($"the rules in {path} are not removed: {failure.Message}");
        }
        catch (OperationCanceledException stopped)
        {
            call.Log.Error($"the rules in {path} are not removed in {call.Settings.Timeout.TotalSeconds:0.#}s (timeout_seconds): {stopped.Message}");
        }

        return false;
    }

    // Packet rules are gone with their namespace; what is pinned for it is not, nor what explains it.
    private static Task<bool> ForgetAsync(PluginCall call, InstallOptions options, ulong inode)
    {
        call.Log.Info("the network namespace is gone, and its rules with it");
        CaptureRecord.Remove(call.Settings.StateDirectory, inode);
        return CollectAsync(call, options);
    }

    private static async Task<bool> CollectAsync(PluginCall call, InstallOptions options)
    {
        try
        {
            await EbpfGarbage.CollectAsync(options.Ebpf.Bpffs, call.LockTimeout, call.Log.Info, call.Time, call.Limit);
            return true;
        }
        catch (Exception failure) when (failure is CaptureException or OperationCanceledException)
        {
            call.Log.Error(failure.Message);
            return false;
        }
    }
}
