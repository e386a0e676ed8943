using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Intercept.Tests.Unit.Control.Authentication;

/// <summary>The part of the Kubernetes API that authentication calls, over HTTP on loopback: it answers as API servers do, and keeps what it was asked.</summary>
internal sealed class KubernetesUnderTest : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private readonly HttpClient _client;

    internal KubernetesUnderTest()
    {
        var port = FreePorts.Next();
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        _serving = ServeAsync();
        Calls = new Intercept.Control.Authentication.KubernetesCalls(
            (request, cancellation) => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation));
    }

    internal Intercept.Control.Authentication.KubernetesCalls Calls { get; }

    /// <summary>By path with query; what is not there is 404.</summary>
    internal ConcurrentDictionary<string, string> Answers { get; } = new();

    internal HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    internal ConcurrentQueue<(string Path, string Body)> Asked { get; } = new();

    internal static string Pod(string uid, string account, string node, string phase = "Running") => JsonSerializer.Serialize(new
    {
        metadata = new { uid },
        spec = new { serviceAccountName = account, nodeName = node },
        status = new { phase },
    });

    internal static string Review(string name = "system:serviceaccount:shop:web", string group = "system:serviceaccounts", string audience = "istio-ca") =>
        $$$"""
        {"kind": "TokenReview", "status": {"authenticated": true, "audiences": ["{{{audience}}}"], "user": {"username": "{{{name}}}",
        "groups": ["{{{group}}}", "system:authenticated"],
        "extra": {"authentication.kubernetes.io/pod-name": ["web-1"], "authentication.kubernetes.io/pod-uid": ["uid-1"]} } } }
        """;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var path = context.Request.RawUrl!;
                Asked.Enqueue((path, await reader.ReadToEndAsync()));
                context.Response.StatusCode = (int)(Answers.ContainsKey(path) ? Status : HttpStatusCode.NotFound);
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Answers.GetValueOrDefault(path, "{}")));
                context.Response.Close();
            }
            catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
