using System.Threading.Channels;
using Intercept.Control.Model;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Manifests.Folder;

/// <summary>
/// The model of the mesh from a folder of manifests. A folder with a problem anywhere in it changes nothing: the last
/// good state stays in force, and the status says so.
/// </summary>
internal sealed class ManifestFolder(string folder, MeshOptions options, TimeProvider time, ILogger logger) : IMeshSource
{
    private readonly Channel<MeshModel> _models = Channel.CreateBounded<MeshModel>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    private readonly FolderReader _reader = new(folder, options);
    private ManifestStatus _status = new() { Source = folder };
    private MeshModel? _inForce;

    public ChannelReader<MeshModel> Models => _models.Reader;

    public ManifestStatus Status => Volatile.Read(ref _status);

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            using var watch = new FolderWatch(folder, time);
            var scan = FolderScan.Of(folder);
            Take(_reader.Read(scan));
            while (true)
            {
                await watch.WaitAsync(cancellation);
                var next = FolderScan.Of(folder);
                if (!next.IsSameAs(scan))
                {
                    scan = next;
                    Take(_reader.Read(scan));
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            _models.Writer.TryComplete();
        }
    }

    private void Take(FolderReading reading)
    {
        var now = time.GetUtcNow();
        var isNew = reading.Model is not null && reading.Model != _inForce;
        var status = _status with
        {
            Problems = reading.Problems,
            ProblemsSince = reading.Problems.IsEmpty ? null : _status.ProblemsSince ?? now,
            Warnings = reading.Warnings,
            Files = reading.Files,
            Objects = reading.Objects,
            Skipped = reading.Skipped,
            LastRead = now,
        };
        if (isNew)
        {
            status = status with { Generation = status.Generation + 1, Since = now };
        }

        Volatile.Write(ref _status, status);
        Tell(status, isNew);
        if (isNew)
        {
            _inForce = reading.Model;
            _models.Writer.TryWrite(reading.Model!);
        }
    }

    private void Tell(ManifestStatus status, bool isNew)
    {
        foreach (var problem in status.Problems)
        {
            ManifestLog.Refused(logger, problem);
        }

        if (!status.Problems.IsEmpty)
        {
            ManifestLog.LastGoodStays(logger, folder, status.Problems.Length, status.Generation);
        }
        else if (isNew)
        {
            ManifestLog.InForce(logger, folder, status.Generation, status.Objects.Values.Sum(), status.Files, status.Warnings.Length);
        }
    }
}
