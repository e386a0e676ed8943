using System.Buffers;
using Intercept.Xds.Reading;

namespace Intercept.Control.Manifests.Reading;

/// <summary>
/// Whether a scalar is text. kubectl reads YAML 1.1, where yes, on, 1.0 and 0x10 are not: a manifest that it would
/// refuse, or read otherwise than it is written, is refused here too.
/// </summary>
internal static class PlainText
{
    private static readonly SearchValues<string> _words = SearchValues.Create(
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"], StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> _hexDigits = SearchValues.Create("0123456789abcdefABCDEF_");

    public static bool Is(ScalarNode node) => node.IsText || !(_words.Contains(node.Text) || LooksLikeNumber(node.Text));

    private static bool LooksLikeNumber(string text)
    {
        var digits = text.AsSpan().TrimStart("+-");
        if (digits.IsEmpty)
        {
            return false;
        }

        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || digits.StartsWith("0o", StringComparison.OrdinalIgnoreCase)
            || digits.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
        {
            return !digits[2..].ContainsAnyExcept(_hexDigits);
        }

        return digits is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN"
            || (char.IsAsciiDigit(digits[digits[0] == '.' && digits.Length > 1 ? 1 : 0])
                && double.TryParse(digits.ToString().Replace("_", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture, out _));
    }
}
