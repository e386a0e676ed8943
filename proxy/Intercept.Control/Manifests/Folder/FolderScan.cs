using Intercept.Core.Problems;
using Intercept.Linux;

namespace Intercept.Control.Manifests.Folder;

/// <summary>Which manifests are in a folder, and the stamp of each.</summary>
/// <param name="Files">By their paths below the folder, in ordinal order.</param>
/// <param name="Problem">Set when the folder, or one below it, cannot be read.</param>
internal sealed record FolderScan(SortedDictionary<string, FileStamp> Files, Problem? Problem)
{
    public static FolderScan Of(string folder)
    {
        var files = new SortedDictionary<string, FileStamp>(StringComparer.Ordinal);
        try
        {
            var root = Path.GetFullPath(folder);
            Walk(root, "", files, [RealPath(root)]);
            return new FolderScan(files, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FolderScan(files, new Problem(folder, 0, "(folder)", null, $"cannot be read: {e.Message}", "a folder with manifests"));
        }
    }

    public bool IsSameAs(FolderScan other) => Problem == other.Problem && Files.SequenceEqual(other.Files);

    private static void Walk(string folder, string below, SortedDictionary<string, FileStamp> files, HashSet<string> entered)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            // Of a mounted ConfigMap the files are links into ..data; editors, git and kubelet keep theirs behind a dot.
            if (entry.Name.StartsWith('.'))
            {
                continue;
            }

            var name = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
            if (Directory.Exists(entry.FullName))
            {
                // A link may lead back to where it is.
                if (entered.Add(RealPath(entry.FullName)))
                {
                    Walk(entry.FullName, name, files, entered);
                }
            }
            else if (Path.GetExtension(entry.Name).ToLowerInvariant() is ".yaml" or ".yml" or ".json")
            {
                files.Add(name, FileStamp.Of(entry.FullName));
            }
        }
    }

    private static string RealPath(string folder) => Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
}
