namespace Intercept.Capture.Execution;

/// <summary>A tool was stopped in its work, for time was up or the program is to end.</summary>
/// <param name="command">The tool and its arguments: who ran out of time says what it was waiting for.</param>
public sealed class ToolStoppedException(string command, Exception inner) : OperationCanceledException(command, inner);
