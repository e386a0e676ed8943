using System.Text.Json;

namespace Intercept.Capture.Reporting;

/// <summary>What an install chose and why, kept for whoever asks later; beside it stands what the kernel says.</summary>
/// <param name="Version">Of Intercept.</param>
/// <param name="Namespace">The inode of the network namespace.</param>
public sealed record CaptureRecord(string Version, DateTimeOffset Installed, ulong Namespace, IReadOnlyList<RecordedShare> Shares)
{
    private const string Unfinished = ".new";

    /// <returns>Null where there is none, or none that can be read.</returns>
    public static CaptureRecord? Read(string directory, ulong inode)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathIn(directory, inode)), ReportJson.Default.CaptureRecord);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <returns>Why it could not be kept, or null. Capture does not depend on it.</returns>
    public string? Write(string directory)
    {
        var path = PathIn(directory, Namespace);
        try
        {
            Directory.CreateDirectory(directory);

            // Whoever writes holds the lock of the namespace: one name is enough, and what a killed run left under it is written over.
            File.WriteAllBytes(path + Unfinished, JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Default.CaptureRecord));
            File.Move(path + Unfinished, path, overwrite: true);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }

    /// <summary>The directory goes with its last record.</summary>
    public static void Remove(string directory, ulong inode)
    {
        try
        {
            File.Delete(PathIn(directory, inode) + Unfinished);
            File.Delete(PathIn(directory, inode));
            if (!Directory.EnumerateFileSystemEntries(directory).Any())
            {
                Directory.Delete(directory);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // There was none, or it is not ours to remove: it says nothing about what is captured.
        }
    }

    private static string PathIn(string directory, ulong inode) =>
        Path.Combine(directory, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"capture-{inode}.json"));
}
