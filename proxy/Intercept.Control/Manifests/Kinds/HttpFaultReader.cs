using Intercept.Control.Manifests.Reading;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Manifests.Kinds;

/// <summary>A route's fault.</summary>
internal static class HttpFaultReader
{
    private const double All = 100;

    private static readonly string[] _grpcCodes =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    private static readonly TextForm _grpcCode = new(_grpcCodes.Contains, "is not a gRPC status", string.Join(", ", _grpcCodes));

    public static HttpFault Read(Fields fields)
    {
        if (!fields.Has("delay") && !fields.Has("abort"))
        {
            fields.Report("", null, "is empty", "delay, abort or both");
        }

        return new HttpFault(fields.Object("delay", ReadDelay), fields.Object("abort", ReadAbort));
    }

    /// <summary>All of them when it is absent.</summary>
    public static double ReadPercentage(Fields fields, string name) =>
        fields.Object(name, percentage => new Percentage(percentage.Number("value", 0, All) ?? 0))?.Value ?? All;

    private static FaultDelay? ReadDelay(Fields fields)
    {
        fields.Refuse("exponentialDelay", "is not supported", "fixedDelay");
        fields.Refuse("percent", "is no longer a field", "percentage.value");
        fields.Require("fixedDelay", Forms.Duration.Allowed);
        var percentage = ReadPercentage(fields, "percentage");
        return fields.Duration("fixedDelay") is { } delay ? new FaultDelay(delay, percentage) : null;
    }

    private static FaultAbort ReadAbort(Fields fields)
    {
        fields.Refuse("http2Error", "is not supported", "httpStatus or grpcStatus");
        fields.Refuse("percent", "is no longer a field", "percentage.value");
        if (fields.Has("httpStatus") == fields.Has("grpcStatus"))
        {
            fields.Report("", null, "is not one answer", "httpStatus or grpcStatus");
        }

        return new FaultAbort(
            (int?)fields.Integer("httpStatus", 200, 599), fields.Text("grpcStatus", _grpcCode), ReadPercentage(fields, "percentage"));
    }

    private sealed record Percentage(double Value);
}
