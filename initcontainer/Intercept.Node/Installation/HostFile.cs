using Intercept.Linux;
using Intercept.Linux.Processes;

namespace Intercept.Node.Installation;

/// <summary>
/// Files that others read at any moment: a new one is written beside the old, made durable, given the old one's mode and owner, and
/// takes its place in one step. Whatever fails or is cut off leaves the old one.
/// </summary>
internal static class HostFile
{
    public const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // Neither a runtime nor a person takes it for configuration or a program, and a later run writes over what a killed one left.
    private const string Unfinished = ".intercept-new";

    public static bool IsUnfinished(string path) => path.EndsWith(Unfinished, StringComparison.Ordinal);

    /// <returns>Where a new file is written before it takes the place of the path.</returns>
    public static string UnfinishedOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}{Unfinished}");

    /// <param name="like">The file whose mode and owner it gets where there is one; else <paramref name="mode"/> and this process's user.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, string like, UnixFileMode mode)
    {
        var unfinished = UnfinishedOf(path);
        try
        {
            var owner = FileOwner.Of(like);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var file = new FileStream(unfinished, options))
            {
                file.Write(bytes);
                File.SetUnixFileMode(file.SafeFileHandle, owner is null ? mode : File.GetUnixFileMode(like));
                file.Flush(flushToDisk: true);
            }

            if (owner is { } wanted && wanted != FileOwner.Of(unfinished) && wanted.Give(unfinished) is > 0 and var errno)
            {
                throw new IOException($"cannot be given to user {wanted.User}, whose the old one is: {Errno.Describe(errno)}");
            }

            File.Move(unfinished, path, overwrite: true);
            FlushDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            RemoveQuietly(unfinished);
            throw new InstallException($"cannot write {path}: {failure.Message}", failure);
        }
    }

    /// <returns>Whether it was there.</returns>
    public static bool Remove(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                return false;
            }

            File.Delete(path);
            FlushDirectory(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InstallException($"cannot remove {path}: {failure.Message}", failure);
        }
    }

    private static void FlushDirectory(string path)
    {
        using var directory = AdvisoryLock.Open(Path.GetDirectoryName(path)!);
        _ = FileSystem.Flush(directory);
    }

    private static void RemoveQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What was refused above is what gets said; the next run writes over this.
        }
    }
}
