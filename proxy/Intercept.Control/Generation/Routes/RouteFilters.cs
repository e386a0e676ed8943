using System.Globalization;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Fault.V3;
using Google.Protobuf.WellKnownTypes;
using Intercept.Control.Model.Traffic;
using CorsPolicy = Intercept.Control.Model.Traffic.CorsPolicy;
using CorsPolicyProto = Envoy.Extensions.Filters.Http.Cors.V3.CorsPolicy;
using FaultAbort = Intercept.Control.Model.Traffic.FaultAbort;
using FaultAbortProto = Envoy.Extensions.Filters.Http.Fault.V3.FaultAbort;
using FaultDelay = Intercept.Control.Model.Traffic.FaultDelay;
using FaultDelayProto = Envoy.Extensions.Filters.Common.Fault.V3.FaultDelay;

namespace Intercept.Control.Generation.Routes;

/// <summary>What filters do for one route: faults and CORS.</summary>
internal static class RouteFilters
{
    // google.rpc.Code, by number.
    private static readonly string[] _grpcCodes =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    public static void Apply(Route target, HttpRoute route)
    {
        if (route.Cors is { } cors)
        {
            target.TypedPerFilterConfig.Add("envoy.filters.http.cors", Of(cors).Packed());
        }

        if (route.Fault is { } fault)
        {
            target.TypedPerFilterConfig.Add("envoy.filters.http.fault", new HTTPFault { Delay = Of(fault.Delay), Abort = Of(fault.Abort) }.Packed());
        }
    }

    private static FaultDelayProto? Of(FaultDelay? delay) => delay is null
        ? null
        : new FaultDelayProto { FixedDelay = Duration.FromTimeSpan(delay.FixedDelay), Percentage = Percentages.Of(delay.Percentage) };

    private static FaultAbortProto? Of(FaultAbort? abort)
    {
        if (abort is null)
        {
            return null;
        }

        var result = new FaultAbortProto { Percentage = Percentages.Of(abort.Percentage) };
        if (abort.HttpStatus is { } status)
        {
            result.HttpStatus = (uint)status;
        }
        else
        {
            result.GrpcStatus = (uint)Math.Max(0, Array.IndexOf(_grpcCodes, abort.GrpcStatus));
        }

        return result;
    }

    private static CorsPolicyProto Of(CorsPolicy cors) => new()
    {
        AllowOriginStringMatch = { cors.AllowOrigins.Select(origin => TextMatchers.Of(origin)).OfType<Envoy.Type.Matcher.V3.StringMatcher>() },
        AllowMethods = string.Join(',', cors.AllowMethods),
        AllowHeaders = string.Join(',', cors.AllowHeaders),
        ExposeHeaders = string.Join(',', cors.ExposeHeaders),
        MaxAge = cors.MaxAge is { } age ? ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture) : "",
        AllowCredentials = cors.AllowCredentials,
        FilterEnabled = Percentages.Runtime(100),
        ForwardNotMatchingPreflights = cors.ForwardUnmatchedPreflights,
    };
}
