namespace Intercept.Tests.Netns;

internal static class Patience
{
    /// <summary>
    /// How long a program that a test started may keep it waiting. Reached only where something is broken, so it is long: on an emulated
    /// processor that others share, a program that starts in 0.2 s takes half a minute.
    /// </summary>
    internal static readonly TimeSpan WithAProgram = TimeSpan.FromMinutes(2);
}
