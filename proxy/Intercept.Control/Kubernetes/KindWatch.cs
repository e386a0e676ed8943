using System.Globalization;
using System.Net;
using Intercept.Control.Manifests;
using Intercept.Control.Model;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Kubernetes;

/// <summary>Keeps one kind in the store as it is in the cluster: lists it, watches it from there, and begins again where it broke.</summary>
internal sealed class KindWatch(ApiServer server, ManifestKind kind, MeshOptions options, ObjectStore store, TimeProvider time, ILogger logger)
{
    private const int PageSize = 500;

    private static readonly TimeSpan _listLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _watchLimit = TimeSpan.FromMinutes(5);

    // What a server that has gone away without a word gets beyond the limit that it was told.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan _absentPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private string? _resourceVersion;
    private string _version = kind.Versions[0];
    private int _failures;
    private bool _wasAbsent;

    private string Path => kind.Group.Length == 0 ? $"/api/{_version}/{kind.Plural}" : $"/apis/{kind.Group}/{_version}/{kind.Plural}";

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancellation);
            }
            catch (Exception e) when (IsOfTheServer(e) && !cancellation.IsCancellationRequested)
            {
                await FailAsync(e, cancellation);
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellation)
    {
        if (_resourceVersion is null && !await ListAsync(cancellation))
        {
            await Task.Delay(_absentPause, time, cancellation);
            return;
        }

        var started = time.GetTimestamp();
        if (await WatchAsync(cancellation) == WatchEnd.Expired)
        {
            KubernetesLog.ListAgain(logger, kind.Plural, _resourceVersion);
            _resourceVersion = null;
        }
        else if (time.GetElapsedTime(started) < _firstPause)
        {
            // A server, or a proxy before it, that ends every watch at once is not to be asked in a loop.
            await Task.Delay(_firstPause, time, cancellation);
        }
    }

    private async Task FailAsync(Exception failure, CancellationToken cancellation)
    {
        if (failure is ApiException { Status: HttpStatusCode.Gone } or MalformedDocumentException)
        {
            _resourceVersion = null;
        }

        // A change of connection is no news; that it cannot be made again is.
        if (++_failures > 1 || _resourceVersion is null)
        {
            store.Failed(kind, new Problem(server.Address.ToString(), 0, Path, null, $"cannot be read: {failure.Message}", "permission to list and watch it"));
            KubernetesLog.CannotRead(logger, kind.Plural, failure.Message);
        }

        var pause = Math.Min(_longestPause.TotalSeconds, _firstPause.TotalSeconds * Math.Pow(2, _failures - 1));
        await Task.Delay(TimeSpan.FromSeconds(pause * (0.5 + Random.Shared.NextDouble() / 2)), time, cancellation);
    }

    /// <returns>False if the server has no such kind.</returns>
    private async Task<bool> ListAsync(CancellationToken cancellation)
    {
        foreach (var version in kind.Versions)
        {
            _version = version;
            try
            {
                _resourceVersion = await ListAllAsync(cancellation);
                (_failures, _wasAbsent) = (0, false);
                return true;
            }
            catch (ApiException e) when (e.Status == HttpStatusCode.NotFound && !kind.IsCore)
            {
                // Another version, or none.
            }
        }

        // A server that has only just started does not know its custom resources yet: a second look decides.
        if (!_wasAbsent)
        {
            _wasAbsent = true;
            await Task.Delay(_firstPause, time, cancellation);
            return await ListAsync(cancellation);
        }

        store.Absent(kind);
        return false;
    }

    private async Task<string> ListAllAsync(CancellationToken cancellation)
    {
        var objects = new Dictionary<ObjectKey, ManifestReading>();
        string? next = null;
        do
        {
            using var limit = new CancellationTokenSource(_listLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            var page = await server.GetObjectAsync(
                $"{Path}?limit={PageSize}{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}", either.Token);
            foreach (var item in (page.At("items") as SequenceNode)?.Items.OfType<MappingNode>() ?? [])
            {
                objects[KeyOf(item)] = Read(item);
            }

            next = page.TextAt("metadata", "continue") is { Length: > 0 } token ? token : null;
            if (next is null)
            {
                store.Replace(kind, objects);
                return page.TextAt("metadata", "resourceVersion") ?? throw new MalformedDocumentException(1, "has no resourceVersion");
            }
        }
        while (true);
    }

    private async Task<WatchEnd> WatchAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_watchLimit + _grace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var seconds = ((int)_watchLimit.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        using var response = await server.GetAsync(
            $"{Path}?watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(_resourceVersion!)}", either.Token);
        store.Failed(kind, null);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(either.Token));
        while (await reader.ReadLineAsync(either.Token) is { } line)
        {
            if (Take(Parse(line)) is { } end)
            {
                return end;
            }

            _failures = 0;
        }

        return WatchEnd.Closed;
    }

    // A connection that is cut in the middle of an event ends with half of one, which comes again from the last version.
    private static MappingNode Parse(string line)
    {
        try
        {
            return JsonDocumentReader.Read(line) as MappingNode ?? throw new IOException("the watch sent what is no event");
        }
        catch (MalformedDocumentException e)
        {
            throw new IOException("the watch sent what is no event", e);
        }
    }

    /// <returns>Not null when the watch is over.</returns>
    private WatchEnd? Take(MappingNode change)
    {
        if (change.At("object") is not MappingNode item)
        {
            throw new MalformedDocumentException(1, "is not an event of a watch");
        }

        switch (change.TextAt("type"))
        {
            case "ADDED" or "MODIFIED":
                store.Put(kind, KeyOf(item), Read(item));
                break;
            case "DELETED":
                store.Remove(kind, KeyOf(item));
                break;
            case "BOOKMARK":
                break;
            case "ERROR" when item.TextAt("code") == "410":
                return WatchEnd.Expired;
            case "ERROR":
                throw new ApiException(HttpStatusCode.InternalServerError, item.TextAt("message") ?? "the watch failed");
            default:
                // A kind of event that is newer than this program: what it said is in the next list.
                return WatchEnd.Expired;
        }

        _resourceVersion = item.TextAt("metadata", "resourceVersion") ?? _resourceVersion;
        return null;
    }

    private ManifestReading Read(MappingNode item) => ManifestReader.ReadObject(KeyOf(item).ToString(), kind, item, options);

    private ObjectKey KeyOf(MappingNode item) =>
        new(kind.Kind, item.TextAt("metadata", "namespace") ?? "", item.TextAt("metadata", "name") ?? "");

    private static bool IsOfTheServer(Exception e) =>
        e is HttpRequestException or IOException or ApiException or MalformedDocumentException or OperationCanceledException;
}
