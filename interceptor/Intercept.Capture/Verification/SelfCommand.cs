namespace Intercept.Capture.Verification;

/// <summary>How to start this program again: children that change user or namespace are this program in another role.</summary>
/// <param name="Path">The executable.</param>
/// <param name="Prefix">Arguments that come first: the assembly when the executable is dotnet itself.</param>
public sealed record SelfCommand(string Path, IReadOnlyList<string> Prefix)
{
    public IReadOnlyList<string> Arguments(params IEnumerable<string> arguments) => [.. Prefix, .. arguments];
}
