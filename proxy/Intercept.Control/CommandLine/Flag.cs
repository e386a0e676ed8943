using System.Collections.Immutable;

namespace Intercept.Control.CommandLine;

/// <summary>One flag, as help, completion and the parser see it.</summary>
/// <param name="Letter">Its short form without the dash; null for none.</param>
/// <param name="Placeholder">The form of its value; empty for a switch. One with bars between words takes no other word.</param>
/// <param name="Default">As help prints it; empty for none.</param>
/// <param name="Commands">That take it.</param>
internal sealed record Flag(string Name, char? Letter, string Placeholder, string Default, string Help, ImmutableArray<string> Commands)
{
    public string LongForm => $"--{Name}";

    public bool IsSwitch => Placeholder.Length == 0;

    /// <summary>The words it takes; empty when it takes anything.</summary>
    public IReadOnlyList<string> Choices => Placeholder.Contains('|', StringComparison.Ordinal) ? Placeholder.Split('|') : [];
}
