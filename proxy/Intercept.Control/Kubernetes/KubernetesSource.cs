using System.Threading.Channels;
using Intercept.Control.Manifests;
using Intercept.Control.Manifests.Assembly;
using Intercept.Control.Model;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Kubernetes;

/// <summary>
/// The model of the mesh from the Kubernetes API. Nothing is offered before every kind was listed once; after that each
/// object stands for itself, and one that is wrong keeps its last good version.
/// </summary>
internal sealed class KubernetesSource : IMeshSource
{
    // Shorter than for a folder: an object is written in one piece.
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _longestWait = TimeSpan.FromMilliseconds(500);

    private readonly Channel<MeshModel> _models = Channel.CreateBounded<MeshModel>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ApiServer _server;
    private readonly MeshOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ObjectStore _store;
    private readonly MeshModelAssembly _assembly;
    private ManifestStatus _status;
    private MeshModel? _inForce;

    public KubernetesSource(ApiServer server, MeshOptions options, TimeProvider time, ILogger logger)
    {
        (_server, _options, _time, _logger) = (server, options, time, logger);
        _store = new ObjectStore(ManifestKinds.All, () => _changes.Writer.TryWrite(true));
        _assembly = new MeshModelAssembly(options);
        _status = new ManifestStatus { Source = server.Address.ToString() };
    }

    public ChannelReader<MeshModel> Models => _models.Reader;

    public ManifestStatus Status => Volatile.Read(ref _status);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var watches = ManifestKinds.All.Select(kind => new KindWatch(_server, kind, _options, _store, _time, _logger).RunAsync(cancellation));
        try
        {
            await Task.WhenAll(watches.Append(OfferAsync(cancellation)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            _models.Writer.TryComplete();
        }
    }

    private async Task OfferAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _changes.Reader.ReadAsync(cancellation);
            var started = _time.GetTimestamp();
            do
            {
                await Task.Delay(_quiet, _time, cancellation);
            }
            while (_changes.Reader.TryRead(out _) && _time.GetElapsedTime(started) < _longestWait);
            Take(_store.Take());
        }
    }

    private void Take(ObjectSnapshot snapshot)
    {
        var now = _time.GetUtcNow();
        var model = snapshot.IsWhole ? _assembly.Assemble(snapshot.Objects) : null;
        var isNew = model is not null && model != _inForce;
        var status = _status with
        {
            Problems = snapshot.Problems,
            ProblemsSince = snapshot.Problems.IsEmpty ? null : _status.ProblemsSince ?? now,

            // Of a cluster the objects come one by one: what is missing now may be there in a moment.
            Warnings = model is null ? snapshot.Warnings : [.. snapshot.Warnings, .. ReferenceChecks.Dangling(model), .. ReferenceChecks.Contradictions(model)],
            Objects = snapshot.Counts,
            LastRead = now,
        };
        if (isNew)
        {
            status = status with { Generation = status.Generation + 1, Since = now };
            KubernetesLog.InForce(_logger, _server.Address, status.Generation, snapshot.Objects.Length, status.Problems.Length, status.Warnings.Length);
        }

        Volatile.Write(ref _status, status);
        if (isNew)
        {
            _inForce = model;
            _models.Writer.TryWrite(model!);
        }
    }
}
