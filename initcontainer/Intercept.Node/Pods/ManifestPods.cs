using Intercept.Capture.Pods;
using Intercept.Linux;
using Intercept.Node.Agent;

namespace Intercept.Node.Pods;

/// <summary>Pods of a folder of manifests: those that podman's `play kube` is given.</summary>
internal sealed class ManifestPods(string folder, AgentLog log, TimeProvider time) : IPodSource
{
    private static readonly string[] _endings = [".yaml", ".yml", ".json"];

    // A look at the stamps of some files costs microseconds.
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, IReadOnlyList<PodMetadata>> _lastGood = [];
    private List<(string Path, FileStamp Stamp)>? _seen;

    public string Name => $"the manifests in {folder}";

    public async Task RunAsync(PodStore store, CancellationToken cancellation)
    {
        while (true)
        {
            Look(store);
            await Task.Delay(_interval, time, cancellation);
        }
    }

    private void Look(PodStore store)
    {
        List<(string Path, FileStamp Stamp)> files;
        try
        {
            files = [.. Directory.EnumerateFiles(folder).Where(path => _endings.Contains(Path.GetExtension(path)))
                .Order(StringComparer.Ordinal).Select(path => (path, FileStamp.Of(path)))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Fail(store, $"{folder} cannot be read: {failure.Message}");
            return;
        }

        if (_seen is not null && files.SequenceEqual(_seen))
        {
            return;
        }

        _seen = files;
        var pods = files.SelectMany(file => Read(file.Path)).ToList();
        store.Replace(pods);
        log.Info($"{pods.Count} pod(s) in {folder}");
    }

    // A file that is being written, or was written badly, keeps what it said before.
    private IReadOnlyList<PodMetadata> Read(string path)
    {
        try
        {
            return _lastGood[path] = PodManifest.Read(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            log.Warning($"{path} {failure.Message}; {(_lastGood.ContainsKey(path) ? "what it said before stays" : "its pods are not known")}");
            return _lastGood.GetValueOrDefault(path) ?? [];
        }
    }

    private void Fail(PodStore store, string why)
    {
        if (store.Missing != why)
        {
            log.Warning(why);
            store.Fail(why);
        }
    }
}
