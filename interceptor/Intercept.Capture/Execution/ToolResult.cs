namespace Intercept.Capture.Execution;

/// <summary>What a tool said.</summary>
internal readonly record struct ToolResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;
}
