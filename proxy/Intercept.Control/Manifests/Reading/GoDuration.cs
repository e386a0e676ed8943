using System.Buffers;
using System.Globalization;

namespace Intercept.Control.Manifests.Reading;

/// <summary>Durations as Go writes them, and with it Kubernetes, Istio and Linkerd: 1h30m, 1.5s, 250ms.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan value)
    {
        value = default;
        if (text == "0")
        {
            return true;
        }

        var total = 0.0;
        var rest = text.AsSpan();
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(_digits);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || Unit(rest[digits..], out var length) is not { } ticks)
            {
                return false;
            }

            total += number * ticks;
            rest = rest[(digits + length)..];
        }

        // Go's own bound is about 292 years; a mesh waits no longer than this one.
        if (total > TimeSpan.TicksPerDay * 366.0 * 100)
        {
            return false;
        }

        value = TimeSpan.FromTicks((long)Math.Round(total));
        return true;
    }

    private static double? Unit(ReadOnlySpan<char> text, out int length)
    {
        var end = text.IndexOfAny(_digits);
        var unit = end < 0 ? text : text[..end];
        length = unit.Length;
        return unit switch
        {
            "ns" => TimeSpan.TicksPerMicrosecond / 1000.0,
            "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => null,
        };
    }
}
