namespace Intercept.Tests.Pods.Containers;

/// <summary>Waiting for what must come. The limits are reached only where something is broken, so they are long.</summary>
internal static class Patience
{
    /// <summary>For a program that runs to its end, on a machine that others use.</summary>
    public static readonly TimeSpan WithAProgram = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <param name="otherwise">What is said when it does not come.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<Task<string>> otherwise)
    {
        var until = Environment.TickCount64 + (long)WithAProgram.TotalMilliseconds;
        while (!await condition())
        {
            if (Environment.TickCount64 > until)
            {
                Assert.Fail(await otherwise());
            }

            await Task.Delay(_interval);
        }
    }
}
