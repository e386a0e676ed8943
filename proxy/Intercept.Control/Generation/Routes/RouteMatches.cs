using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Routes;

internal static class RouteMatches
{
    public static RouteMatch Everything() => new() { Prefix = "/" };

    /// <summary>What of a VirtualService's match is asked of the request.</summary>
    public static RouteMatch Of(HttpMatch match)
    {
        var result = Path(match.Uri);
        result.CaseSensitive = match.IgnoreUriCase ? false : null;
        Add(":scheme", match.Scheme);
        Add(":method", match.Method);
        Add(":authority", match.Authority);
        foreach (var (name, text) in match.Headers)
        {
            result.Headers.Add(TextMatchers.Header(name, text));
        }

        foreach (var (name, text) in match.WithoutHeaders)
        {
            result.Headers.Add(TextMatchers.WithoutHeader(name, text));
        }

        foreach (var (name, text) in match.QueryParameters)
        {
            result.QueryParameters.Add(TextMatchers.QueryParameter(name, text));
        }

        return result;

        void Add(string header, TextMatch? text)
        {
            if (text is not null)
            {
                result.Headers.Add(TextMatchers.Header(header, text));
            }
        }
    }

    private static RouteMatch Path(TextMatch? uri) => uri?.Kind switch
    {
        TextMatchKind.Exact => new RouteMatch { Path = uri.Value },
        TextMatchKind.Prefix => new RouteMatch { Prefix = uri.Value },
        TextMatchKind.Regex => new RouteMatch { SafeRegex = new RegexMatcher { Regex = uri.Value } },
        _ => Everything(),
    };
}
