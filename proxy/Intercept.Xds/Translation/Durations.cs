using Google.Protobuf.WellKnownTypes;

namespace Intercept.Xds.Translation;

internal static class Durations
{
    /// <summary>Capped at what a timer can hold, some 292 years: nobody outlives the difference.</summary>
    public static TimeSpan ToTimeSpan(Duration? duration, TimeSpan whenAbsent)
    {
        if (duration is null)
        {
            return whenAbsent;
        }

        // 292 years in seconds; Duration itself reaches ten thousand years, TimeSpan does too, timers in nanoseconds do not.
        const long MostSeconds = 9_200_000_000;
        return TimeSpan.FromSeconds(Math.Min(duration.Seconds, MostSeconds))
            + TimeSpan.FromTicks(duration.Nanos / TimeSpan.NanosecondsPerTick);
    }
}
