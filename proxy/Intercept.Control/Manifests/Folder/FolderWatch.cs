using System.Threading.Channels;
using Intercept.Linux;

namespace Intercept.Control.Manifests.Folder;

/// <summary>
/// Tells when a folder may have changed: as soon as inotify says so and it has been quiet for a moment, and in any case
/// now and then, for there are changes that it does not see (below a symbolic link, on a network file system).
/// </summary>
internal sealed class FolderWatch(string folder, TimeProvider time) : IDisposable
{
    // An editor or git writes several files, or one in several steps.
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);

    // A folder that is written to all the time is read all the same.
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _again = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private FileSystemWatcher? _watcher;
    private ulong _watched;

    /// <summary>Returns when it is time to look.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        Renew();
        if (!await ChangedWithin(_again, cancellation))
        {
            return;
        }

        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < LongestWait && await ChangedWithin(Quiet, cancellation))
        {
        }
    }

    public void Dispose() => _watcher?.Dispose();

    private async Task<bool> ChangedWithin(TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return await _changes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    // A watch is on the directory, not on its name: another may have taken its place.
    private void Renew()
    {
        var inode = FileStamp.Of(folder).Inode;
        if (inode != 0 && inode == _watched)
        {
            return;
        }

        _watcher?.Dispose();
        _watcher = null;
        try
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            _watcher.Changed += (_, _) => Tell();
            _watcher.Created += (_, _) => Tell();
            _watcher.Deleted += (_, _) => Tell();
            _watcher.Renamed += (_, _) => Tell();

            // Events were lost: something has changed.
            _watcher.Error += (_, _) => Tell();
            _watcher.EnableRaisingEvents = true;
            _watched = inode;

            // What changed between the last look and the first event.
            Tell();
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No such folder, or no watch left on this machine: it is looked at now and then.
            _watched = 0;
        }
    }

    private void Tell() => _changes.Writer.TryWrite(true);
}
