using System.Buffers;
using System.Globalization;

namespace Intercept.Core;

/// <summary>Durations as Go's ParseDuration takes them: 5s, 500ms, 1m30s, 1.5h, 0. Manifests are written with them.</summary>
public static class GoDuration
{
    // More than a year is a typing error, and keeps the sum far from overflow.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(366);

    private static readonly SearchValues<char> _numberLetters = SearchValues.Create("0123456789.");

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text is "0")
        {
            return true;
        }

        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(_numberLetters);
            if (digits <= 0
                || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            text = text[digits..];
            var letters = text.IndexOfAny(_numberLetters);
            if (UnitSeconds(letters < 0 ? text : text[..letters]) is not { } seconds || number * seconds > _longest.TotalSeconds)
            {
                return false;
            }

            duration += TimeSpan.FromSeconds(number * seconds);
            text = letters < 0 ? [] : text[letters..];
        }

        return duration <= _longest;
    }

    private static double? UnitSeconds(ReadOnlySpan<char> unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,

        // Unicode has the letter twice, as the micro sign and as the Greek mu, and Go takes both.
        "us" or "\u00b5s" or "\u03bcs" => 1e-6,
        "ns" => 1e-9,
        _ => null,
    };
}
