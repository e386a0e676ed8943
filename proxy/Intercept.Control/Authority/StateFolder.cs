using Intercept.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Control.Authority;

/// <summary>
/// A folder that only its owner reads, of files that are whole at any moment: each is written beside its place, synced and renamed.
/// Whoever holds the lock is the only one to write; the kernel drops it with its holder, also after kill -9.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode AnyonesFile = OwnersFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode NotTheOwner = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const string LockName = "lock";
    private const string TemporarySuffix = ".new";

    // What is kept here is a few kilobytes; a longer file is not ours.
    private const long LongestFile = 1 << 20;

    private readonly SafeFileHandle _lock;
    private readonly Action<string>? _afterStep;

    private StateFolder(string path, SafeFileHandle held, Action<string>? afterStep)
    {
        Path = path;
        _lock = held;
        _afterStep = afterStep;
    }

    public string Path { get; }

    /// <inheritdoc cref="TryOpen"/>
    public static StateFolder Open(string path, Action<string>? afterStep = null) => TryOpen(path, afterStep)
        ?? throw new AuthorityException($"{path} is in use by another intercept-control: two of them must not share one state folder; "
            + "stop the other, or give this one a folder of its own");

    /// <summary>Makes the folder where there is none, and takes its lock.</summary>
    /// <param name="path">Its parent must exist or be ours to make.</param>
    /// <param name="afterStep">Told each step of a write: a test stops there as kill -9 would.</param>
    /// <returns>Null while another process holds the lock.</returns>
    public static StateFolder? TryOpen(string path, Action<string>? afterStep = null)
    {
        Prepare(path);
        var lockPath = System.IO.Path.Combine(path, LockName);
        try
        {
            if (!File.Exists(lockPath))
            {
                // Share.ReadWrite: File would else take a lock of its own on what another may be locking.
                CreateNew(lockPath, OwnersFile, FileMode.OpenOrCreate).Dispose();
            }

            var held = AdvisoryLock.Open(lockPath);
            if (!AdvisoryLock.TryAcquire(held))
            {
                held.Dispose();
                return null;
            }

            var folder = new StateFolder(path, held, afterStep);
            folder.RemoveRemains();
            return folder;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"{lockPath} cannot be locked: {failure.Message}");
        }
    }

    /// <summary>Makes the folder where there is none, and refuses one that others may enter.</summary>
    public static void Prepare(string path)
    {
        try
        {
            _ = Directory.CreateDirectory(path, OwnerOnly);
            var mode = File.GetUnixFileMode(path);
            if ((mode & NotTheOwner) != 0)
            {
                throw new AuthorityException($"{path} may be entered by others (mode {Octal(mode)}): the keys of the mesh lie there; "
                    + $"chmod 700 {path}");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"{path} cannot be used as state folder: {failure.Message}");
        }
    }

    /// <returns>Null where there is no such file.</returns>
    public byte[]? Read(string name) => ReadSecret(System.IO.Path.Combine(Path, name));

    /// <summary>Reads a file with a key in it, and refuses one that anybody but its owner may read or write.</summary>
    /// <returns>Null where there is no such file.</returns>
    public static byte[]? ReadSecret(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var mode = File.GetUnixFileMode(file);
            if ((mode & NotTheOwner) != 0)
            {
                throw new AuthorityException($"{path} may be read or written by others (mode {Octal(mode)}), so its key is no secret: "
                    + $"chmod 600 {path}, and if somebody may have read it, remove it for a new one");
            }

            var length = RandomAccess.GetLength(file);
            if (length > LongestFile)
            {
                throw new AuthorityException($"{path} has {length} bytes: nothing written here is longer than {LongestFile}");
            }

            var content = new byte[length];
            var filled = 0;
            while (filled < content.Length && RandomAccess.Read(file, content.AsSpan(filled), filled) is > 0 and var read)
            {
                filled += read;
            }

            return filled == content.Length ? content : throw new AuthorityException($"{path} grew shorter while it was read");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"{path} cannot be read: {failure.Message}");
        }
    }

    /// <summary>After it returns the new content survives a crash; before, the old one is there.</summary>
    public void Write(string name, ReadOnlySpan<byte> content) => Replace(System.IO.Path.Combine(Path, name), content, OwnersFile, _afterStep);

    public bool Exists(string name) => File.Exists(System.IO.Path.Combine(Path, name));

    public void Remove(string name) => File.Delete(System.IO.Path.Combine(Path, name));

    /// <summary>Writes what everybody may read, anywhere, by the same rename.</summary>
    public static void Publish(string path, ReadOnlySpan<byte> content) => Replace(path, content, AnyonesFile, null);

    /// <summary>Writes a secret only where there is none yet; of two at once the first one's stays.</summary>
    /// <returns>False where there is one already.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Environment.ProcessId}{TemporarySuffix}";
        try
        {
            WriteWhole(temporary, content, OwnersFile);
            try
            {
                // Without `overwrite` this is link(2) and unlink(2): it fails where the name is taken.
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(temporary);
                return false;
            }

            SyncFolderOf(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"{path} cannot be written: {failure.Message}");
        }
    }

    public void Dispose()
    {
        if (!_lock.IsClosed)
        {
            AdvisoryLock.Release(_lock);
            _lock.Dispose();
        }
    }

    private static void Replace(string path, ReadOnlySpan<byte> content, UnixFileMode mode, Action<string>? afterStep)
    {
        try
        {
            var temporary = path + TemporarySuffix;
            WriteWhole(temporary, content, mode);
            afterStep?.Invoke("written");
            File.Move(temporary, path, overwrite: true);
            afterStep?.Invoke("renamed");
            SyncFolderOf(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AuthorityException($"{path} cannot be written: {failure.Message}");
        }
    }

    private static void WriteWhole(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        // What a killed run left may have another mode: only a new file has surely ours.
        File.Delete(path);
        using var file = CreateNew(path, mode, FileMode.CreateNew);
        file.Write(content);
        file.Flush(flushToDisk: true);
        if (mode != OwnersFile)
        {
            // Past the umask.
            File.SetUnixFileMode(file.SafeFileHandle, mode);
        }
    }

    private static FileStream CreateNew(string path, UnixFileMode mode, FileMode how) =>
        new(path, new FileStreamOptions { Mode = how, Access = FileAccess.Write, Share = FileShare.ReadWrite, UnixCreateMode = mode, BufferSize = 0 });

    // The name is in the folder's own blocks.
    private static void SyncFolderOf(string path)
    {
        using var folder = AdvisoryLock.Open(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        RandomAccess.FlushToDisk(folder);
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8);

    private void RemoveRemains()
    {
        foreach (var file in Directory.EnumerateFiles(Path, "*" + TemporarySuffix))
        {
            File.Delete(file);
        }
    }
}
