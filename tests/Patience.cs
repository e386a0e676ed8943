namespace Intercept.Tests;

/// <summary>
/// How long a test waits for what should come. Reached only where something is broken, so it is long: where others share the
/// processor, or it is emulated, what takes 0.2 s takes half a minute, and five thousand connections more than one.
/// </summary>
internal static class Patience
{
    /// <summary>With a program that the test started.</summary>
    internal static readonly TimeSpan WithAProgram = TimeSpan.FromMinutes(5);

    /// <summary>With what other threads of the test do.</summary>
    internal static readonly TimeSpan WithATask = TimeSpan.FromMinutes(2);
}
