namespace Intercept.Tests.Pods.Containers;

/// <summary>How a program ended, and what it said.</summary>
public sealed record Finished(string Command, int ExitCode, string Output, string Error)
{
    public string Said => $"{Command}: exit {ExitCode}\n{Output}{Error}";

    /// <summary>What it wrote, where it must have succeeded.</summary>
    public string Must()
    {
        Assert.True(ExitCode == 0, Said);
        return Output;
    }
}
