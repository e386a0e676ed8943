namespace Intercept.Control.Model.Traffic;

internal enum TextMatchKind
{
    Exact,
    Prefix,

    /// <summary>RE2 syntax, over the whole text.</summary>
    Regex,

    /// <summary>There at all, whatever its value: a header's match without exact, prefix or regex.</summary>
    Present,
}
