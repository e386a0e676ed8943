namespace Intercept.Control.Model.Traffic;

/// <summary>The first route with a match that matches (or with none) holds. It has destinations, a redirect or an answer.</summary>
internal sealed record HttpRoute
{
    public string? Name { get; init; }

    public ValueList<HttpMatch> Matches { get; init; }

    public ValueList<RouteDestination> Destinations { get; init; }

    public HttpRedirect? Redirect { get; init; }

    public DirectResponse? DirectResponse { get; init; }

    public HttpRewrite? Rewrite { get; init; }

    /// <summary>Null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Null for Istio's default: two, on connect failures and the like.</summary>
    public HttpRetry? Retry { get; init; }

    public HttpFault? Fault { get; init; }

    public ValueList<HttpMirror> Mirrors { get; init; }

    public CorsPolicy? Cors { get; init; }

    public HeaderRules? Headers { get; init; }
}
