using System.Net;
using System.Text.Json;
using Intercept.Capture.Pods;
using Intercept.Node.Agent;

namespace Intercept.Node.Pods;

/// <summary>
/// The pods of this node, from the API server: listed in small pages, then watched. Metadata alone would not do, for the names of a pod's
/// containers decide too; of everything else nothing is kept. HttpClient alone, and not a Kubernetes client: its models would be most of
/// what this program may have in memory.
/// </summary>
internal sealed class KubernetesPods : IPodSource
{
    private const int PageSize = 20;

    private static readonly TimeSpan _watchTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(30);

    private readonly ApiServer _server;
    private readonly string _node;
    private readonly AgentLog _log;
    private readonly TimeProvider _time;
    private string? _version;
    private int _failures;

    public KubernetesPods(ApiServer server, string node, AgentLog log, TimeProvider time) => (_server, _node, _log, _time) = (server, node, log, time);

    public string Name => $"the API server, node {_node}";

    private string Path => $"api/v1/pods?fieldSelector=spec.nodeName%3D{_node}";

    public async Task RunAsync(PodStore store, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                _version ??= await ListAsync(store, cancellation);
                var started = _time.GetTimestamp();
                await WatchAsync(store, cancellation);
                if (_time.GetElapsedTime(started) < _firstPause)
                {
                    // A server, or a proxy before it, that ends every watch at once is not to be asked in a loop.
                    await Task.Delay(_firstPause, _time, cancellation);
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException
                || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                await FailAsync(store, failure, cancellation);
            }
        }
    }

    private async Task FailAsync(PodStore store, Exception failure, CancellationToken cancellation)
    {
        if (failure is HttpRequestException { StatusCode: HttpStatusCode.Gone } or JsonException)
        {
            _version = null;
        }

        // A watch that breaks is no news; that it cannot be had again is.
        if (++_failures > 1 || store.Missing is not null)
        {
            var why = $"the API server does not give this node's pods: {failure.Message} (permission needed: list and watch pods)";
            _log.Warning(why);
            store.Fail(why);
        }

        var pause = Math.Min(_longestPause.TotalSeconds, _firstPause.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 10)));
        await Task.Delay(TimeSpan.FromSeconds(pause * (0.5 + Random.Shared.NextDouble() / 2)), _time, cancellation);
    }

    private async Task<string> ListAsync(PodStore store, CancellationToken cancellation)
    {
        var pods = new List<PodMetadata>();
        var next = "";
        while (true)
        {
            await using var page = await _server.GetAsync($"{Path}&limit={PageSize}&continue={Uri.EscapeDataString(next)}", cancellation);
            using var list = await JsonDocument.ParseAsync(page, cancellationToken: cancellation);
            pods.AddRange(list.RootElement.GetProperty("items").EnumerateArray().Select(ToPod).OfType<PodMetadata>());
            var metadata = list.RootElement.GetProperty("metadata");
            next = Text(metadata, "continue") ?? "";
            if (next.Length == 0)
            {
                store.Replace(pods);
                _log.Info($"{pods.Count} pod(s) on node {_node}");
                return Text(metadata, "resourceVersion") ?? "";
            }
        }
    }

    private async Task WatchAsync(PodStore store, CancellationToken cancellation)
    {
        // The server ends a watch at its time; what has gone away without a word is given up a little later.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_watchTime + _longestPause);
        await using var events = await _server.GetAsync(
            $"{Path}&watch=1&allowWatchBookmarks=true&timeoutSeconds={_watchTime.TotalSeconds:0}&resourceVersion={_version}", limit.Token);
        using var lines = new StreamReader(events);
        while (await lines.ReadLineAsync(limit.Token) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var (type, item) = (Text(document.RootElement, "type"), document.RootElement.GetProperty("object"));
            if (type == "ERROR")
            {
                // Of an expired version, as a rule: everything is listed anew.
                _version = null;
                return;
            }

            _version = Text(item.GetProperty("metadata"), "resourceVersion") ?? _version;
            _failures = 0;
            if (type != "BOOKMARK" && ToPod(item) is { } pod)
            {
                Apply(store, type, pod);
            }
        }
    }

    private static void Apply(PodStore store, string? type, PodMetadata pod)
    {
        if (type == "DELETED")
        {
            store.Remove(pod);
        }
        else
        {
            store.Put(pod);
        }
    }

    // Null for a pod in the host's network, which no plugin is called for and nobody captures.
    private static PodMetadata? ToPod(JsonElement item)
    {
        var (metadata, spec) = (item.GetProperty("metadata"), item.GetProperty("spec"));
        if (spec.TryGetProperty("hostNetwork", out var host) && host.ValueKind == JsonValueKind.True)
        {
            return null;
        }

        return new PodMetadata(new PodIdentity(Text(metadata, "namespace") ?? "", Text(metadata, "name") ?? "", Text(metadata, "uid") ?? ""))
        {
            Labels = JsonTexts.Of(metadata, "labels"),
            Annotations = JsonTexts.Of(metadata, "annotations"),
            Containers = [.. JsonTexts.Names(spec, "initContainers"), .. JsonTexts.Names(spec, "containers")],
        };
    }

    private static string? Text(JsonElement element, string name) => JsonTexts.Text(element, name);
}
