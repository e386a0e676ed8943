using System.Text.Json;

namespace Intercept.Capture.Attachments;

/// <summary>
/// The attachments of a node, one file each, so that whoever comes later knows of them: DEL, CHECK, GC, a restarted agent, another
/// version. On the host's /run: a reboot ends the pods and the records alike.
/// </summary>
public sealed class AttachmentStore(string stateDirectory)
{
    private const string Extension = ".json";
    private const string Unfinished = ".new";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Folder { get; } = Path.Combine(stateDirectory, "attachments");

    /// <exception cref="IOException">The state directory cannot be written; so can <see cref="UnauthorizedAccessException"/>.</exception>
    public void Write(Attachment attachment)
    {
        ArgumentNullException.ThrowIfNull(attachment);
        Directory.CreateDirectory(Folder, OwnerOnly | UnixFileMode.UserExecute);
        var path = PathOf(attachment.ContainerId, attachment.Interface);

        // A runtime does one thing at a time with a container: one name is enough, and what a killed run left under it is written over.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(path + Unfinished, options))
        {
            JsonSerializer.Serialize(file, attachment, AttachmentJson.Default.Attachment);
        }

        File.Move(path + Unfinished, path, overwrite: true);
    }

    /// <returns>Null where there is none.</returns>
    public AttachmentFile? Find(string containerId, string networkInterface)
    {
        var path = PathOf(containerId, networkInterface);
        return File.Exists(path) ? Read(path) : null;
    }

    /// <summary>All there are, also those that cannot be read.</summary>
    public IReadOnlyList<AttachmentFile> All() => Files(Extension).Order(StringComparer.Ordinal).Select(Read).OfType<AttachmentFile>().ToList();

    /// <summary>Succeeds also where there is none.</summary>
    public void Remove(string containerId, string networkInterface) => Remove($"{containerId}-{networkInterface}");

    /// <param name="name">Of <see cref="AttachmentFile.Name"/>.</param>
    public void Remove(string name)
    {
        if (Directory.Exists(Folder))
        {
            File.Delete(PathOf(name) + Unfinished);
            File.Delete(PathOf(name));
        }
    }

    /// <summary>What runs left that were killed while they wrote, before anything was installed. Not while another run may be writing.</summary>
    public void RemoveUnfinished()
    {
        foreach (var path in Files(Unfinished))
        {
            File.Delete(path);
        }
    }

    // Null: removed since the listing.
    private static AttachmentFile? Read(string path)
    {
        try
        {
            var attachment = JsonSerializer.Deserialize(File.ReadAllBytes(path), AttachmentJson.Default.Attachment);
            return attachment is null ? new AttachmentFile(path, null, "holds no attachment")
                : attachment.Format > Attachment.CurrentFormat
                    ? new AttachmentFile(path, null, $"has format {attachment.Format}, of a later version; this one reads up to {Attachment.CurrentFormat}")
                    : new AttachmentFile(path, attachment, null);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return new AttachmentFile(path, null, failure.Message);
        }
    }

    private IEnumerable<string> Files(string extension) =>
        Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder).Where(path => path.EndsWith(extension, StringComparison.Ordinal)) : [];

    private string PathOf(string containerId, string networkInterface) => PathOf($"{containerId}-{networkInterface}");

    private string PathOf(string name) => Path.Combine(Folder, name + Extension);
}
