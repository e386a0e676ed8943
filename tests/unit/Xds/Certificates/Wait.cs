using System.Diagnostics;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>Waits in real time for what another task does.</summary>
internal static class Wait
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    public static async Task UntilAsync(Func<bool> condition, Func<string>? seen = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < _patience, $"did not happen within {_patience.TotalSeconds} s; seen: {seen?.Invoke()}");
            await Task.Delay(5);
        }
    }
}
