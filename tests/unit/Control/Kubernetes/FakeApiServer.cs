using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Intercept.Tests.Unit.Control.Kubernetes;

/// <summary>
/// The list and watch of a Kubernetes API server over real HTTP: versions, pages, bookmarks, 410 Gone, and the ways in
/// which connections end.
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(int Version, string Plural, string Line)> _events = [];
    private readonly WebApplication _server;
    private int _version = 100;
    private int _oldest;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    [SuppressMessage("Usage", "CA2213", Justification = "DisposeAsync does, and so does each exchange.")]
    private CancellationTokenSource _connections = new();

    private FakeApiServer(WebApplication server) => _server = server;

    /// <summary>Every request that came, its path and query.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Plurals that are not installed.</summary>
    public ConcurrentDictionary<string, bool> Absent { get; } = [];

    /// <summary>Plurals that the caller may not read.</summary>
    public ConcurrentDictionary<string, bool> Forbidden { get; } = [];

    public int PageSize { get; set; } = 500;

    /// <summary>Between the bytes of an event.</summary>
    public TimeSpan Trickle { get; set; }

    /// <summary>How many of the next events are cut in their middle, and the connection with them.</summary>
    public int Cuts { get; set; }

    public KubernetesClientConfiguration Configuration => new() { Host = _server.Urls.First(), AccessToken = "token" };

    public static async Task<FakeApiServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = new FakeApiServer(builder.Build());
        server._server.Run(server.AnswerAsync);
        await server._server.StartAsync();
        return server;
    }

    public void Put(string plural, string json)
    {
        lock (_lock)
        {
            var item = JsonNode.Parse(json)!.AsObject();
            var metadata = item["metadata"]!.AsObject();
            var key = $"{plural}/{metadata["namespace"]}/{metadata["name"]}";
            metadata["resourceVersion"] = Text(++_version);
            var type = _objects.ContainsKey(key) ? "MODIFIED" : "ADDED";
            _objects[key] = item;
            Announce(plural, type, item);
        }
    }

    public void Delete(string plural, string inNamespace, string name)
    {
        lock (_lock)
        {
            _objects.Remove($"{plural}/{inNamespace}/{name}", out var item);
            item!["metadata"]!["resourceVersion"] = Text(++_version);
            Announce(plural, "DELETED", item);
        }
    }

    /// <summary>Time passes, without a change: watches hear of it only if they asked for bookmarks.</summary>
    public void Bookmark(string plural)
    {
        lock (_lock)
        {
            Announce(plural, "BOOKMARK", new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = Text(++_version) } });
        }
    }

    /// <summary>A line that is no event, to one watch.</summary>
    public void Say(string plural, string line)
    {
        lock (_lock)
        {
            _version++;
            Announce(plural, line);
        }
    }

    /// <summary>Forgets all that has happened: whoever comes with an older version is told 410.</summary>
    public void Compact()
    {
        lock (_lock)
        {
            _events.Clear();
            _oldest = ++_version;
        }
    }

    /// <summary>Ends every connection, in the middle of whatever it does.</summary>
    public async Task CutAsync()
    {
        var connections = Interlocked.Exchange(ref _connections, new CancellationTokenSource());
        await connections.CancelAsync();
        connections.Dispose();
    }

    public int Count(string part) => Requests.Count(request => request.Contains(part, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await CutAsync();
        await _server.DisposeAsync();
        _connections.Dispose();
    }

    private void Announce(string plural, string type, JsonObject item) =>
        Announce(plural, new JsonObject { ["type"] = type, ["object"] = item.DeepClone() }.ToJsonString());

    private void Announce(string plural, string line)
    {
        _events.Add((_version, plural, line));
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        var plural = context.Request.Path.Value!.Split('/')[^1];
        var status = context.Request.Headers.Authorization != "Bearer token" ? 401
            : Forbidden.ContainsKey(plural) ? 403 : Absent.ContainsKey(plural) ? 404 : 200;
        if (status != 200)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(Status(status, $"{plural} is not for you").ToJsonString());
        }
        else if (context.Request.Query.ContainsKey("watch"))
        {
            await WatchAsync(context, plural, int.Parse(context.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture));
        }
        else
        {
            await context.Response.WriteAsync(List(plural, context.Request.Query["continue"]).ToJsonString());
        }
    }

    private JsonObject List(string plural, string? after)
    {
        lock (_lock)
        {
            var items = _objects.Where(item => item.Key.StartsWith($"{plural}/", StringComparison.Ordinal)
                && string.CompareOrdinal(item.Key, after ?? "") > 0).Take(PageSize + 1).ToList();
            var metadata = new JsonObject { ["resourceVersion"] = Text(_version) };
            if (items.Count > PageSize)
            {
                items.RemoveAt(PageSize);
                metadata["continue"] = items[^1].Key;
            }

            return new JsonObject { ["metadata"] = metadata, ["items"] = new JsonArray([.. items.Select(item => item.Value.DeepClone())]) };
        }
    }

    private async Task WatchAsync(HttpContext context, string plural, int from)
    {
        var cut = _connections.Token;
        await context.Response.Body.FlushAsync();
        var sent = 0;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            List<string> lines;
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                sent = Math.Min(sent, _events.Count);
                lines = from < _oldest
                    ? [new JsonObject { ["type"] = "ERROR", ["object"] = Status(410, "too old resource version") }.ToJsonString()]
                    : [.. _events.Skip(sent).Where(item => item.Version > from && item.Plural == plural).Select(item => item.Line)];
                sent = _events.Count;
                for (var i = 0; i < _events.Count; i++)
                {
                    if (_events[i].Plural == plural && _events[i].Line[0] != '{')
                    {
                        _events[i] = _events[i] with { Plural = "" };
                    }
                }
            }

            foreach (var line in lines)
            {
                await SendAsync(context, line);
            }

            if (from < _oldest)
            {
                return;
            }

            try
            {
                await changed.WaitAsync(cut);
            }
            catch (OperationCanceledException)
            {
                context.Abort();
                return;
            }
        }
    }

    private async Task SendAsync(HttpContext context, string line)
    {
        var bytes = Encoding.UTF8.GetBytes($"{line}\n");
        if (Cuts > 0)
        {
            Cuts--;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        var step = Trickle == TimeSpan.Zero ? bytes.Length : 7;
        for (var at = 0; at < bytes.Length; at += step)
        {
            await context.Response.Body.WriteAsync(bytes.AsMemory(at, Math.Min(step, bytes.Length - at)));
            await context.Response.Body.FlushAsync();
            if (Trickle > TimeSpan.Zero)
            {
                await Task.Delay(Trickle);
            }
        }
    }

    private static JsonObject Status(int code, string message) => new() { ["kind"] = "Status", ["code"] = code, ["message"] = message };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
