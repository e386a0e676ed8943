namespace Intercept.Proxy.CommandLine;

/// <summary>One flag, as help, completion and the parser see it.</summary>
/// <param name="Letter">Its short form without the dash; null for none.</param>
/// <param name="Placeholder">The form of its value. One with bars between words takes no other word.</param>
/// <param name="Default">As help prints it; empty for none.</param>
internal sealed record Flag(string Name, char? Letter, string Placeholder, string Default, string Help)
{
    public string LongForm => $"--{Name}";

    /// <summary>The words it takes; empty when it takes anything.</summary>
    public IReadOnlyList<string> Choices => Placeholder.Contains('|', StringComparison.Ordinal) ? Placeholder.Split('|') : [];
}
