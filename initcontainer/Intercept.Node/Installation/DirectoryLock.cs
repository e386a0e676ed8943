using Intercept.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Intercept.Node.Installation;

/// <summary>One of ours at a time: the agent of an upgrade and the one before it, or a person beside them. It dies with its holder.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly SafeFileHandle? _directory;

    private DirectoryLock(SafeFileHandle? directory) => _directory = directory;

    /// <summary>Of a directory that is not there there is nothing to hold.</summary>
    public static async Task<DirectoryLock> AcquireAsync(string directory, TimeProvider time, CancellationToken cancellation)
    {
        if (!Directory.Exists(directory))
        {
            return new DirectoryLock(null);
        }

        SafeFileHandle? opened = null;
        var started = time.GetTimestamp();
        try
        {
            opened = AdvisoryLock.Open(directory);
            while (!AdvisoryLock.TryAcquire(opened))
            {
                if (time.GetElapsedTime(started) > _patience)
                {
                    throw new InstallException($"{directory} has been held by another intercept-node for {_patience.TotalSeconds:0} s");
                }

                await Task.Delay(_pollInterval, time, cancellation);
            }

            var held = new DirectoryLock(opened);
            opened = null;
            return held;
        }
        catch (IOException failure)
        {
            throw new InstallException($"cannot open {failure.Message}", failure);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    public void Dispose() => _directory?.Dispose();
}
