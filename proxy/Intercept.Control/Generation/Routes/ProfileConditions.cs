using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Intercept.Control.Model.Linkerd;

namespace Intercept.Control.Generation.Routes;

/// <summary>
/// The condition of a ServiceProfile's route as matches of which any holds: Envoy joins what is in a match by "and" only.
/// </summary>
internal static class ProfileConditions
{
    // A condition that multiplies beyond this is none that anybody wrote.
    private const int Limit = 64;

    /// <returns>Null for a condition that is too large.</returns>
    public static List<RouteMatch>? Of(RequestMatch condition) =>
        Expand(condition, isNegated: false) is { } terms ? [.. terms.Select(ToMatch)] : null;

    private static List<List<Term>>? Expand(RequestMatch condition, bool isNegated)
    {
        var parts = new List<List<List<Term>>?>();
        if (condition.PathRegex is { } path)
        {
            parts.Add([[new Term(true, path, isNegated)]]);
        }

        if (condition.Method is { } method)
        {
            parts.Add([[new Term(false, method, isNegated)]]);
        }

        if (condition.All is { } all)
        {
            parts.Add(Join(all.Select(part => Expand(part, isNegated)), isAnd: !isNegated));
        }

        if (condition.Any is { } any)
        {
            parts.Add(Join(any.Select(part => Expand(part, isNegated)), isAnd: isNegated));
        }

        if (condition.Not is { } not)
        {
            parts.Add(Expand(not, !isNegated));
        }

        return Join(parts, isAnd: !isNegated);
    }

    // Of nothing: "and" always holds, "or" never.
    private static List<List<Term>>? Join(IEnumerable<List<List<Term>>?> parts, bool isAnd)
    {
        List<List<Term>> result = isAnd ? [[]] : [];
        foreach (var part in parts)
        {
            if (part is null)
            {
                return null;
            }

            result = isAnd ? [.. result.SelectMany(left => part.Select(right => left.Concat(right).ToList()))] : [.. result, .. part];
            if (result.Count > Limit)
            {
                return null;
            }
        }

        return result;
    }

    private static RouteMatch ToMatch(List<Term> terms)
    {
        var path = terms.FirstOrDefault(term => term is { IsPath: true, IsNegated: false });
        var match = path is null ? RouteMatches.Everything() : new RouteMatch { SafeRegex = new RegexMatcher { Regex = path.Text } };
        match.Headers.AddRange(terms.Where(term => !ReferenceEquals(term, path)).Select(term => new HeaderMatcher
        {
            Name = term.IsPath ? ":path" : ":method",

            // The header has the query too.
            StringMatch = term.IsPath
                ? new StringMatcher { SafeRegex = new RegexMatcher { Regex = $"(?:{term.Text})(?:\\?.*)?" } }
                : new StringMatcher { Exact = term.Text },
            InvertMatch = term.IsNegated,
        }));
        return match;
    }

    private sealed record Term(bool IsPath, string Text, bool IsNegated);
}
