using System.Diagnostics;

namespace Intercept.Tests.Unit.Xds.Certificates;

/// <summary>Waits in real time for what another task does.</summary>
internal static class Wait
{
    public static async Task UntilAsync(Func<bool> condition, Func<string>? seen = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.WithATask, $"did not happen within {Patience.WithATask.TotalSeconds} s; seen: {seen?.Invoke()}");
            await Task.Delay(5);
        }
    }
}
