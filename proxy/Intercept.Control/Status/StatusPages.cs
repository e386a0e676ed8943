using System.Text.Json;
using Intercept.Control.Metrics;
using Intercept.Control.Serving.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Intercept.Control.Status;

/// <summary>What 15014 answers. Metrics and health to everyone, as Prometheus and the kubelet need; the rest to this machine.</summary>
internal static class StatusPages
{
    public const string StatusPath = "/status";

    public static void Map(IEndpointRouteBuilder routes, StatusReading reading, MetricRegistry metrics)
    {
        Get(routes, "/metrics", AllowedDoors.Metrics, context => WriteAsync(context, PrometheusText.ContentType, PrometheusText.Of(metrics)));
        Get(routes, "/healthz", AllowedDoors.Metrics, context => WriteAsync(context, "text/plain", "ok\n"));
        Get(routes, "/ready", AllowedDoors.Metrics, context => ReadyAsync(context, reading));
        Get(routes, StatusPath, AllowedDoors.Status, context => WriteAsync(
            context, "application/json", JsonSerializer.Serialize(reading.Now(), StatusJson.Default.ControlStatus)));
        Get(routes, "/debug/syncz", AllowedDoors.Status, context => WriteAsync(context, "application/json", SyncJson.Of(reading.Now())));
    }

    private static void Get(IEndpointRouteBuilder routes, string path, AllowedDoors doors, RequestDelegate answer) =>
        routes.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], answer).WithMetadata(doors);

    private static Task ReadyAsync(HttpContext context, StatusReading reading)
    {
        context.Response.StatusCode = reading.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return WriteAsync(context, "text/plain", reading.IsReady ? "ready\n" : "not ready\n");
    }

    private static Task WriteAsync(HttpContext context, string type, string text)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(text, context.RequestAborted);
    }
}
