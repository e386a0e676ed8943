namespace Intercept.Tests.Netns.Capture.World;

/// <summary>How a program ended, and what it said.</summary>
public sealed record Finished(int ExitCode, string Output, string Error)
{
    public string Said => $"exit {ExitCode}\n{Output}{Error}";
}
