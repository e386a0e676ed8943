namespace Intercept.Tests.Unit.Node;

/// <summary>One run of intercept-node inside the test.</summary>
internal sealed record NodeRun(int ExitCode, string Output, string Error);
