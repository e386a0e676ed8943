using System.Text;
using Intercept.Linux;
using Intercept.Linux.Processes;

namespace Intercept.Cni.Logging;

/// <summary>A file that many runs of the plugin write at once, and that is put aside when it is long.</summary>
internal static class LogFile
{
    public const long Limit = 10_000_000;

    /// <summary>What a file that was put aside is called; the one before it goes.</summary>
    public const string Old = ".1";

    /// <returns>Why the line is not in the file, or null.</returns>
    public static string? Append(string path, string line)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (new FileInfo(path) is { Exists: true, Length: >= Limit })
            {
                PutAside(path);
            }

            var options = new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using var file = new FileStream(path, options);
            _ = AppendMode.Set(file.SafeFileHandle);

            // One write: lines of runs at the same time do not mix.
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }

    // The second of two runs finds a short file, and leaves it.
    private static void PutAside(string path)
    {
        using var file = AdvisoryLock.Open(path);
        if (AdvisoryLock.TryAcquire(file) && new FileInfo(path) is { Exists: true, Length: >= Limit })
        {
            File.Move(path, path + Old, overwrite: true);
        }
    }
}
