namespace Intercept.Control.Model.Traffic;

internal sealed record CorsPolicy(
    ValueList<TextMatch> AllowOrigins,
    ValueList<string> AllowMethods,
    ValueList<string> AllowHeaders,
    ValueList<string> ExposeHeaders,
    TimeSpan? MaxAge,
    bool? AllowCredentials,
    bool ForwardUnmatchedPreflights);
