namespace Intercept.Control.Model.Traffic;

/// <param name="Uri">Takes the place of the matched prefix, or of the whole path for another kind of match.</param>
/// <param name="UriRegex">Instead of <paramref name="Uri"/>: what of the path is replaced.</param>
internal sealed record HttpRewrite(string? Uri, string? Authority, string? UriRegex, string? UriRegexReplacement);
