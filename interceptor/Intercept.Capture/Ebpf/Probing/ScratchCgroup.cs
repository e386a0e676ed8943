using System.Globalization;
using Intercept.Capture.Execution;
using Intercept.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Capture.Ebpf.Probing;

/// <summary>
/// A cgroup for the processes of one probe. It is locked while the probe lives, and the kernel drops the lock of one that died:
/// so the next probe finds what is left over, and takes nothing from one that runs.
/// </summary>
internal sealed class ScratchCgroup : IAsyncDisposable
{
    private const string Prefix = "intercept-probe-";

    // The last process of a cgroup is gone from it a little after its parent has heard of the end.
    private static readonly TimeSpan _emptying = TimeSpan.FromMilliseconds(5);
    private const int Attempts = 200;

    private static int _count;

    private ScratchCgroup(string directory, SafeFileHandle handle)
    {
        Directory = directory;
        Handle = handle;
    }

    public string Directory { get; }

    public SafeFileHandle Handle { get; }

    /// <exception cref="CaptureException">It cannot be made there.</exception>
    public static async Task<ScratchCgroup> CreateAsync(string parent)
    {
        var directory = Path.Combine(
            parent, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}"));
        try
        {
            await RemoveLeftoversAsync(parent);
            System.IO.Directory.CreateDirectory(directory);
            var handle = AdvisoryLock.Open(directory);
            if (!AdvisoryLock.TryAcquire(handle))
            {
                handle.Dispose();
                throw new CaptureException($"{directory} is in use by another probe");
            }

            return new ScratchCgroup(directory, handle);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"no scratch cgroup can be made below {parent}: {failure.Message}");
        }
    }

    /// <exception cref="CaptureException">The kernel does not let it.</exception>
    public void Move(int process)
    {
        try
        {
            Write(Directory, "cgroup.procs", string.Create(CultureInfo.InvariantCulture, $"{process}\n"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"no process can be moved into {Directory}: {failure.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAsync(Directory);
        Handle.Dispose();
    }

    /// <summary>Those of probes that were killed.</summary>
    public static async Task RemoveLeftoversAsync(string parent)
    {
        foreach (var directory in System.IO.Directory.GetDirectories(parent, Prefix + "*"))
        {
            try
            {
                using var handle = AdvisoryLock.Open(directory);
                if (AdvisoryLock.TryAcquire(handle))
                {
                    await RemoveAsync(directory);
                }
            }
            catch (IOException)
            {
                // Another probe removes it at the same time.
            }
        }
    }

    private static async Task RemoveAsync(string directory)
    {
        if (TryRemove(directory))
        {
            return;
        }

        // A child that hangs, or the children of a probe that was killed.
        Kill(directory);
        for (var attempt = 0; attempt < Attempts && !TryRemove(directory); attempt++)
        {
            await Task.Delay(_emptying);
        }
    }

    private static bool TryRemove(string directory)
    {
        try
        {
            // Its files are the kernel's: only the directory itself may go.
            System.IO.Directory.Delete(directory);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            // Somebody is still in it. Whoever put a process of another's there keeps it; the next probe tries again.
            return false;
        }
    }

    private static void Kill(string directory)
    {
        try
        {
            Write(directory, "cgroup.kill", "1\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Before 5.14 there is no such file, and the children end by themselves when nobody speaks to them.
        }
    }

    // The kernel's files take one write each, and no lock.
    private static void Write(string directory, string file, string text)
    {
        using var stream = new FileStream(
            Path.Combine(directory, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
