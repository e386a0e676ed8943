using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model;
using Intercept.Control.Model.Linkerd;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A ServiceProfile, as strictly as Linkerd's own webhook reads it.</summary>
internal static class ServiceProfileReader
{
    private static readonly TextForm _port = new(text => Forms.TryParsePort(text, out _), "is not a port", "a number from 1 to 65535, in quotes");

    public static ServiceProfile Read(Fields fields, ResourceMeta meta)
    {
        if (!meta.Name.Contains('.', StringComparison.Ordinal))
        {
            fields.Scope.Problems.Add(new Core.Problems.Problem(
                fields.Scope.Source, fields.Line, "metadata.name", meta.Name, "is not the name of a host",
                Hosts.OfService(meta.Name, meta.Namespace, fields.Scope.Options)));
        }

        return fields.Object("spec", spec => ReadSpec(spec, meta)) ?? new ServiceProfile(meta, [], null, [], []);
    }

    private static ServiceProfile ReadSpec(Fields fields, ResourceMeta meta) => new(
        meta,
        fields.Objects("routes", ReadRoute),
        fields.Object("retryBudget", ReadBudget),
        Quantity.InUnits(fields.Objects("dstOverrides", ReadOverride), item => item.Weight, (item, weight) => item with { Weight = weight }),
        fields.Texts("opaquePorts", _port).Select(port => int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)).ToValueList());

    private static ProfileRoute? ReadRoute(Fields fields)
    {
        fields.Require("condition", "a mapping with method, pathRegex, all, any or not");
        var name = fields.RequiredText("name", Forms.NotEmpty);
        var classes = fields.Objects("responseClasses", ReadClass);
        var isRetryable = fields.Flag("isRetryable") ?? false;
        var timeout = fields.Duration("timeout") is var time && time == TimeSpan.Zero ? null : time;
        return fields.Object("condition", ReadRequest) is { } condition ? new ProfileRoute(name, condition, classes, isRetryable, timeout) : null;
    }

    private static RequestMatch ReadRequest(Fields fields)
    {
        var match = new RequestMatch(
            fields.Text("pathRegex", Forms.Regex),
            fields.Text("method", Forms.NotEmpty),
            fields.Has("all") ? fields.Objects("all", ReadRequest) : null,
            fields.Has("any") ? fields.Objects("any", ReadRequest) : null,
            fields.Object("not", ReadRequest));
        if (match is { PathRegex: null, Method: null, All: null, Any: null, Not: null })
        {
            fields.Report("", null, "matches nothing in particular", "method, pathRegex, all, any or not");
        }

        return match;
    }

    private static ResponseClass? ReadClass(Fields fields)
    {
        fields.Require("condition", "a mapping with status, all, any or not");
        var isFailure = fields.Flag("isFailure") ?? false;
        return fields.Object("condition", ReadResponse) is { } condition ? new ResponseClass(condition, isFailure) : null;
    }

    private static ResponseMatch ReadResponse(Fields fields)
    {
        var match = new ResponseMatch(
            fields.Object("status", ReadRange)?.Value,
            fields.Has("all") ? fields.Objects("all", ReadResponse) : null,
            fields.Has("any") ? fields.Objects("any", ReadResponse) : null,
            fields.Object("not", ReadResponse));
        if (match is { Status: null, All: null, Any: null, Not: null })
        {
            fields.Report("", null, "matches nothing in particular", "status, all, any or not");
        }

        return match;
    }

    // One end alone is that one status, as Linkerd documents it.
    private static Range ReadRange(Fields fields)
    {
        var (minimum, maximum) = (fields.Integer("min", 100, 599), fields.Integer("max", 100, 599));
        if (!fields.Has("min") && !fields.Has("max"))
        {
            fields.Report("", null, "is empty", "min, max or both");
        }

        if (maximum < minimum)
        {
            fields.Report("max", $"{maximum}", "is smaller than min", "a number from 100 to 599");
        }

        return new Range(new StatusRange((int)(minimum ?? maximum ?? 0), (int)(maximum ?? minimum ?? 0)));
    }

    private static RetryBudget ReadBudget(Fields fields)
    {
        fields.Require("retryRatio", "a number such as 0.2");
        fields.Require("minRetriesPerSecond", "a whole number");
        fields.Require("ttl", Forms.Duration.Allowed);
        var ttl = fields.Duration("ttl") ?? TimeSpan.FromSeconds(10);
        if (ttl < TimeSpan.FromSeconds(1) || ttl > TimeSpan.FromMinutes(1))
        {
            fields.Report("ttl", fields.Text("ttl"), "is out of bounds", "1s to 60s");
        }

        return new RetryBudget(fields.Number("retryRatio", 0, 1000) ?? 0, fields.Count("minRetriesPerSecond") ?? 0, ttl);
    }

    private static WeightedAuthority ReadOverride(Fields fields)
    {
        fields.Require("weight", Quantity.Allowed);
        return new WeightedAuthority(fields.RequiredText("authority", Forms.NotEmpty).ToLowerInvariant(), Quantity.Read(fields, "weight") ?? 0);
    }

    private sealed record Range(StatusRange Value);
}
