using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>One of a VirtualService's http routes.</summary>
internal static class HttpRouteReader
{
    public static HttpRoute Read(Fields fields, ResourceMeta meta)
    {
        fields.Refuse("delegate", "is not supported", "the routes of the delegate in its place");
        fields.Refuse("mirrorPercent", "is no longer a field", "mirrorPercentage.value");
        var route = new HttpRoute
        {
            Name = fields.Text("name"),
            Matches = fields.Objects("match", HttpMatchReader.Read),
            Destinations = fields.Objects("route", destination => ReadDestination(destination, meta)),
            Redirect = fields.Object("redirect", ReadRedirect),
            DirectResponse = fields.Object("directResponse", ReadDirectResponse),
            Rewrite = fields.Object("rewrite", ReadRewrite),
            Timeout = fields.Duration("timeout") is var timeout && timeout == TimeSpan.Zero ? null : timeout,
            Retry = fields.Object("retries", ReadRetry),
            Fault = fields.Object("fault", HttpFaultReader.Read),
            Mirrors = ReadMirrors(fields, meta),
            Cors = fields.Object("corsPolicy", HttpMatchReader.ReadCors),
            Headers = fields.Object("headers", ReadHeaders),
        };
        CheckWhatItDoes(fields, route);
        VirtualServiceReader.CheckWeights(fields, route.Destinations);
        return route;
    }

    private static void CheckWhatItDoes(Fields fields, HttpRoute route)
    {
        var does = (fields.Has("route") ? 1 : 0) + (route.Redirect is null ? 0 : 1) + (route.DirectResponse is null ? 0 : 1);
        if (does != 1 && !fields.Has("delegate"))
        {
            fields.Report("", null, does == 0 ? "leads nowhere" : "does several things", "one of route, redirect and directResponse");
        }

        if (route.Redirect is not null && (route.Rewrite is not null || route.Fault is not null))
        {
            fields.Report("redirect", null, "cannot be beside rewrite or fault", "redirect alone");
        }
    }

    private static RouteDestination? ReadDestination(Fields fields, ResourceMeta meta)
    {
        fields.Require("destination", "a mapping with a host");
        var weight = VirtualServiceReader.ReadWeight(fields);
        var headers = fields.Object("headers", ReadHeaders);
        return fields.Object("destination", destination => VirtualServiceReader.ReadDestination(destination, meta)) is { } destination
            ? new RouteDestination(destination, weight, headers) : null;
    }

    private static HeaderRules ReadHeaders(Fields fields) => new(
        fields.Object("request", ReadHeaderOperations) ?? HeaderOperations.None,
        fields.Object("response", ReadHeaderOperations) ?? HeaderOperations.None);

    private static HeaderOperations ReadHeaderOperations(Fields fields) => new(
        fields.TextMap("set", Forms.NotEmpty, Forms.Any), fields.TextMap("add", Forms.NotEmpty, Forms.Any), fields.Texts("remove"));

    private static HttpRedirect ReadRedirect(Fields fields)
    {
        if (fields.Has("port") && fields.Has("derivePort"))
        {
            fields.Report("derivePort", null, "cannot be beside port", "one of them");
        }

        return new HttpRedirect(
            fields.Text("uri"),
            fields.Text("authority", Forms.NotEmpty),
            fields.Port("port"),
            fields.Choice("derivePort", ("FROM_PROTOCOL_DEFAULT", "FROM_PROTOCOL_DEFAULT"), ("FROM_REQUEST_PORT", "FROM_REQUEST_PORT")),
            fields.Text("scheme", Forms.NotEmpty),
            (int)(fields.Integer("redirectCode", 300, 399) is > 0 and var code ? code : 301));
    }

    private static DirectResponse ReadDirectResponse(Fields fields)
    {
        fields.Require("status", "a number from 200 to 599");
        var body = fields.Object("body", body =>
        {
            if (body.Has("string") == body.Has("bytes"))
            {
                body.Report("", null, "is not one text", "string, or bytes as base64");
            }

            return body.Text("string") is { } text ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text)) : body.Text("bytes", _base64);
        });
        return new DirectResponse((int)(fields.Integer("status", 200, 599) ?? 0), body);
    }

    private static HttpRewrite ReadRewrite(Fields fields)
    {
        var regex = fields.Object("uriRegexRewrite", rewrite =>
            new RegexRewrite(rewrite.RequiredText("match", Forms.Regex), rewrite.RequiredText("rewrite", Forms.Any)));
        if (regex is not null && fields.Has("uri"))
        {
            fields.Report("uriRegexRewrite", null, "cannot be beside uri", "one of them");
        }

        return new HttpRewrite(fields.Text("uri"), fields.Text("authority", Forms.NotEmpty), regex?.Match, regex?.Replacement);
    }

    private static HttpRetry ReadRetry(Fields fields)
    {
        fields.Require("attempts", "a number; 0 turns retries off");
        return new HttpRetry(
            (int)(fields.Integer("attempts", 0, int.MaxValue) ?? 0),
            fields.Duration("perTryTimeout"),
            (fields.Text("retryOn") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToValueList(),
            fields.Flag("retryRemoteLocalities"),
            fields.Duration("backoff"),
            fields.Flag("retryIgnorePreviousHosts") ?? true);
    }

    private static ValueList<HttpMirror> ReadMirrors(Fields fields, ResourceMeta meta)
    {
        var mirrors = fields.Objects("mirrors", mirror =>
        {
            mirror.Require("destination", "a mapping with a host");
            var percentage = HttpFaultReader.ReadPercentage(mirror, "percentage");
            return mirror.Object("destination", destination => VirtualServiceReader.ReadDestination(destination, meta)) is { } target
                ? new HttpMirror(target, percentage) : null;
        });
        var share = HttpFaultReader.ReadPercentage(fields, "mirrorPercentage");
        return fields.Object("mirror", mirror => VirtualServiceReader.ReadDestination(mirror, meta)) is { } single
            ? [new HttpMirror(single, share), .. mirrors] : mirrors;
    }

    private sealed record RegexRewrite(string Match, string Replacement);

    private static readonly TextForm _base64 = new(
        text => Convert.TryFromBase64String(text, new byte[text.Length], out _), "is not base64", "bytes as base64 text");
}
