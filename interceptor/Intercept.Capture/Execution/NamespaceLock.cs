using Intercept.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Capture.Execution;

/// <summary>
/// One run at a time in a network namespace. The lock is on the namespace file itself: it needs no writable directory,
/// is shared by every container of a pod whatever their mounts, and is gone with its holder, also after kill -9.
/// </summary>
internal sealed class NamespaceLock : IDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(25);

    private readonly SafeFileHandle _file;

    private NamespaceLock(SafeFileHandle file) => _file = file;

    public static async Task<NamespaceLock> AcquireAsync(string? networkNamespace, TimeSpan limit, Action<string> progress,
        TimeProvider time, CancellationToken cancellation)
    {
        var path = networkNamespace ?? "/proc/self/ns/net";
        var file = Open(path);
        var started = time.GetTimestamp();
        var told = false;
        try
        {
            while (!AdvisoryLock.TryAcquire(file))
            {
                var holder = LockHolders.Of(path) ?? "another process";
                if (time.GetElapsedTime(started) > limit)
                {
                    throw new CaptureException($"another run holds the lock of this network namespace ({path}): {holder}; "
                        + $"waited {limit.TotalSeconds:0.#}s (--lock-timeout)");
                }

                if (!told)
                {
                    progress($"waiting for another run in this network namespace: {holder}");
                    told = true;
                }

                await Task.Delay(_pollInterval, time, cancellation);
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return new NamespaceLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return AdvisoryLock.Open(path);
        }
        catch (IOException failure)
        {
            throw new CaptureException($"the network namespace cannot be opened: {failure.Message}");
        }
    }
}
