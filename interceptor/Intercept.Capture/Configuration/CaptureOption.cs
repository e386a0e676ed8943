using System.Collections.Immutable;

namespace Intercept.Capture.Configuration;

/// <summary>One flag, and the variables that set it when the flag is not given (the first that is set and not empty).</summary>
/// <param name="Name">Without dashes.</param>
/// <param name="Default">In the form in which it would be given.</param>
/// <param name="Placeholder">What help shows for the value: PORT, LIST; empty for a switch.</param>
public sealed record CaptureOption(
    string Name, char? Letter, ImmutableArray<string> Environment, OptionKind Kind, string Default, string Placeholder, string Help);
