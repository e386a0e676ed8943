using Intercept.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Capture.Execution;

/// <summary>
/// One run at a time in one place: a network namespace, or what is pinned on a bpffs. The lock is on the place's own file: it needs
/// no writable directory, is shared by every container of a pod whatever their mounts, and is gone with its holder, also after
/// kill -9.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(25);

    private readonly SafeFileHandle _file;

    private RunLock(SafeFileHandle file) => _file = file;

    /// <param name="what">For people: "this network namespace".</param>
    public static async Task<RunLock> AcquireAsync(string path, string what, TimeSpan limit, Action<string> progress,
        TimeProvider time, CancellationToken cancellation)
    {
        var file = Open(path, what);
        var started = time.GetTimestamp();
        var told = false;
        try
        {
            while (!AdvisoryLock.TryAcquire(file))
            {
                var holder = LockHolders.Of(path) ?? "another process";
                if (time.GetElapsedTime(started) > limit)
                {
                    throw new CaptureException($"another run holds the lock of {what} ({path}): {holder}; "
                        + $"waited {limit.TotalSeconds:0.#}s (--lock-timeout)");
                }

                if (!told)
                {
                    progress($"waiting for another run in {what}: {holder}");
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

        return new RunLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path, string what)
    {
        try
        {
            return AdvisoryLock.Open(path);
        }
        catch (IOException failure)
        {
            throw new CaptureException($"{what} cannot be opened: {failure.Message}");
        }
    }
}
