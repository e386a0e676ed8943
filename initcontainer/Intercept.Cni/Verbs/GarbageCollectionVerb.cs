using Intercept.Capture.Attachments;
using Intercept.Cni.Configuration;
using Intercept.Cni.Protocol;
using Intercept.Linux;

namespace Intercept.Cni.Verbs;

/// <summary>
/// Removes what was put into containers that the runtime no longer has. The list is of one network: those of others stay. Without a
/// list only what is certain goes: the records of namespaces that are gone.
/// </summary>
internal static class GarbageCollectionVerb
{
    public static async Task RunAsync(PluginCall call)
    {
        var left = new List<string>();
        try
        {
            foreach (var file in call.Store.All().Where(file => IsGarbage(file, call.Configuration)))
            {
                call.Log.Info($"collecting {file.Name}");
                if (!await Detaching.RunAsync(call, file, ""))
                {
                    left.Add($"{file.Name}: what it captured may still be there");
                }
            }

            call.Store.RemoveUnfinished();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            left.Add(failure.Message);
        }

        if (left.Count > 0)
        {
            throw new CniException(CniErrorCode.CaptureFailed, $"{left.Count} of the attachments that are gone could not be collected", left);
        }
    }

    private static bool IsGarbage(AttachmentFile file, NetworkConfiguration configuration)
    {
        if (configuration.ValidAttachments is { } valid)
        {
            return !valid.Contains(file.Name) && (file.Attachment is not { } known || known.Network == configuration.Name);
        }

        return file.Attachment is { } attachment
            && !(CniEnvironment.IsNamespace(attachment.NetworkNamespace) && FileStamp.Of(attachment.NetworkNamespace).Inode == attachment.NamespaceInode);
    }
}
