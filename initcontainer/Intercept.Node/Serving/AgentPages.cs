using System.Text;
using System.Text.Json;
using Intercept.Capture.Agent;
using Intercept.Capture.Attachments;
using Intercept.Capture.Pods;
using Intercept.Node.Agent;
using Intercept.Node.Pods;
using Intercept.Node.Reporting;
using Intercept.Runtime.Http;

namespace Intercept.Node.Serving;

/// <summary>What the agent answers: to plugins on its socket, to probes and people on loopback too. Never waits.</summary>
internal sealed class AgentPages(AgentOptions options, PodStore pods, AgentReading reading, Action<Attachment> attached, AgentLog log)
{
    private const string Pages = "/healthz/live, /healthz/ready, /v1/ready, /status, /metrics";

    private long _asked;
    private long _refused;

    public long Asked => Interlocked.Read(ref _asked);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>On the socket, which only root may use.</summary>
    public HttpResponse Answer(HttpRequest request) => (request.Method, request.Path) switch
    {
        ("POST", AgentPaths.Decide) => Decide(request),
        ("POST", AgentPaths.Attached) => Attached(request),
        ("POST", AgentPaths.Log) => Log(request),
        (_, AgentPaths.Decide or AgentPaths.Attached or AgentPaths.Log) => HttpResponse.OfText("allowed: POST\n", 405, "POST"),
        _ => AnswerReader(request),
    };

    /// <summary>On loopback, where any user of the host may ask: nothing there changes anything.</summary>
    public HttpResponse AnswerReader(HttpRequest request)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return HttpResponse.OfText("allowed: GET, HEAD\n", 405, "GET, HEAD");
        }

        return request.Path switch
        {
            "/healthz/live" => HttpResponse.OfText("live\n"),
            "/healthz/ready" => Ready([pods.Missing, reading.Status().Plugin?.Problem]),
            AgentPaths.Ready => Ready([pods.Missing]),
            "/status" => HttpResponse.OfText(JsonSerializer.Serialize(reading.Status(), NodeJson.Default.NodeStatus) + "\n", contentType: HttpResponse.Json),
            "/metrics" => HttpResponse.OfText(MetricsText.Of(reading, this), contentType: MetricsText.ContentType),
            _ => HttpResponse.OfText($"there is no {request.Path}; there are: {Pages}\n", 404),
        };
    }

    private static HttpResponse Ready(IEnumerable<string?> missing)
    {
        var reasons = missing.OfType<string>().ToList();
        return reasons.Count == 0 ? HttpResponse.OfText("ready\n") : HttpResponse.OfText($"not ready: {string.Join("; ", reasons)}\n", 503);
    }

    private HttpResponse Decide(HttpRequest request)
    {
        Interlocked.Increment(ref _asked);
        if (Parse(request, AgentJson.Default.DecideQuestion) is not { Name: not null } question)
        {
            return HttpResponse.OfText("allowed: {\"namespace\":\"\",\"name\":\"\",\"uid\":\"\",\"containerId\":\"\"}\n", 400);
        }

        // What is excluded needs no knowledge of the pod.
        if (options.Selection.ExcludedNamespaces.Contains(question.Namespace ?? ""))
        {
            return Answer(new DecideAnswer(Captured: false, $"its namespace {question.Namespace} is excluded", []));
        }

        if (pods.Missing is { } missing)
        {
            return HttpResponse.OfText($"{missing}\n", 404);
        }

        if (pods.Find(question.Namespace ?? "", question.Name, question.Uid ?? "") is not { } pod)
        {
            return HttpResponse.OfText($"the agent does not know the pod {question.Namespace}/{question.Name} yet\n", 404);
        }

        var result = PodSelection.Decide(pod, options.Selection);
        if (result.Decision is { } decision)
        {
            return Answer(new DecideAnswer(decision.IsCaptured, decision.Reason, decision.Arguments));
        }

        Interlocked.Increment(ref _refused);
        foreach (var problem in result.Problems)
        {
            log.Warning($"{problem}");
        }

        return HttpResponse.OfText(
            JsonSerializer.Serialize(new DecideRefusal([.. result.Problems.Select(problem => problem.ToString())]), AgentJson.Default.DecideRefusal), 422,
            contentType: HttpResponse.Json);
    }

    private HttpResponse Attached(HttpRequest request)
    {
        if (Parse(request, AttachmentJson.Default.Attachment) is not { } attachment)
        {
            return HttpResponse.OfText("allowed: an attachment as it is recorded\n", 400);
        }

        attached(attachment);
        return HttpResponse.OfText("seen\n");
    }

    private HttpResponse Log(HttpRequest request)
    {
        foreach (var line in Encoding.UTF8.GetString(request.Body.Span).Split('\n'))
        {
            log.Plugin(line);
        }

        return HttpResponse.OfText("written\n");
    }

    private static HttpResponse Answer(DecideAnswer answer) =>
        HttpResponse.OfText(JsonSerializer.Serialize(answer, AgentJson.Default.DecideAnswer), contentType: HttpResponse.Json);

    private static T? Parse<T>(HttpRequest request, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(request.Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
