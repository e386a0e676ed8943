using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Intercept.Control.Model.Traffic;

namespace Intercept.Control.Generation.Routes;

internal static class TextMatchers
{
    /// <returns>Null for a match that only asks whether there is a value.</returns>
    public static StringMatcher? Of(TextMatch match) => match.Kind switch
    {
        TextMatchKind.Exact => new StringMatcher { Exact = match.Value },
        TextMatchKind.Prefix => new StringMatcher { Prefix = match.Value },
        TextMatchKind.Regex => new StringMatcher { SafeRegex = new RegexMatcher { Regex = match.Value } },
        _ => null,
    };

    public static HeaderMatcher Header(string name, TextMatch match) => Of(match) is { } text
        ? new HeaderMatcher { Name = name, StringMatch = text }
        : new HeaderMatcher { Name = name, PresentMatch = true };

    /// <summary>A header that must not be there with this value; one that is not there at all is right.</summary>
    public static HeaderMatcher WithoutHeader(string name, TextMatch match)
    {
        var matcher = Header(name, match);
        matcher.InvertMatch = true;
        matcher.TreatMissingHeaderAsEmpty = match.Kind != TextMatchKind.Present;
        return matcher;
    }

    public static QueryParameterMatcher QueryParameter(string name, TextMatch match) => Of(match) is { } text
        ? new QueryParameterMatcher { Name = name, StringMatch = text }
        : new QueryParameterMatcher { Name = name, PresentMatch = true };
}
