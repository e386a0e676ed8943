using System.Security.Cryptography;
using Google.Protobuf;
using Intercept.V1;

namespace Intercept.Xds.Persistence;

/// <summary>
/// The last good state of a control plane as a file: a mark with the version of the format, the resources, a SHA-256 of
/// both. Written beside its place and renamed, so that there is the old one or the new one; only its owner may read it.
/// </summary>
internal static class StateFile
{
    private const byte FormatVersion = 1;
    private const int MarkLength = 8;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersMayWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    // Twice what a store holds at most.
    private const long LongestFile = 1L << 30;

    private static ReadOnlySpan<byte> Name => "ICPTXDS"u8;

    /// <summary>Null when it was written, else why not, as a clause.</summary>
    public static string? TryWrite(string path, KeptState state)
    {
        var beside = path + ".new";
        try
        {
            File.Delete(beside);
            Write(beside, state);
            File.Move(beside, path, overwrite: true);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"cannot be written: {failure.Message}";
        }
    }

    /// <returns>Null when there is none, and when it is not to be used: then the state says why, as a clause.</returns>
    public static StateReading TryRead(string path, string nodeId)
    {
        try
        {
            if (!File.Exists(path))
            {
                return default;
            }

            // Whoever may write it says where connections go.
            if ((File.GetUnixFileMode(path) & OthersMayWrite) != 0)
            {
                return StateReading.Unusable("may be written by others than its owner");
            }

            if (new FileInfo(path).Length > LongestFile)
            {
                return StateReading.Unusable($"is longer than {LongestFile} bytes");
            }

            var asOf = File.GetLastWriteTimeUtc(path);
            return Read(File.ReadAllBytes(path), nodeId, asOf);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return StateReading.Unusable($"cannot be read: {failure.Message}");
        }
    }

    /// <summary>The control plane says again, by saying nothing else, that the state is its own.</summary>
    public static void Confirm(string path, DateTimeOffset now)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, now.UtcDateTime);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Nothing is lost but the right age after a restart, which will look higher than it is.
        }
    }

    private static void Write(string path, KeptState state)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            hashing.Write([.. Name, FormatVersion]);
            state.WriteTo(hashing);
        }

        file.Write(hash.Hash);
        file.Flush(flushToDisk: true);
    }

    private static StateReading Read(byte[] file, string nodeId, DateTimeOffset asOf)
    {
        if (file.Length < MarkLength + SHA256.HashSizeInBytes || !file.AsSpan().StartsWith(Name))
        {
            return StateReading.Unusable("is not a kept state");
        }

        if (file[MarkLength - 1] != FormatVersion)
        {
            return StateReading.Unusable($"is of format {file[MarkLength - 1]}, not {FormatVersion}");
        }

        var end = file.Length - SHA256.HashSizeInBytes;
        if (!SHA256.HashData(file.AsSpan(..end)).AsSpan().SequenceEqual(file.AsSpan(end..)))
        {
            return StateReading.Unusable("is damaged: its checksum differs");
        }

        try
        {
            var state = KeptState.Parser.ParseFrom(file, MarkLength, end - MarkLength);
            return state.NodeId == nodeId ? new StateReading(state, asOf, null) : StateReading.Unusable($"is that of node '{state.NodeId}'");
        }
        catch (InvalidProtocolBufferException)
        {
            return StateReading.Unusable("is not a kept state");
        }
    }
}
