namespace Intercept.Capture.Configuration;

/// <summary>A value as given.</summary>
/// <param name="Source">Where a problem with it is to be mended: "command line" or "environment".</param>
/// <param name="Field">The flag or variable that it came from.</param>
public sealed record OptionValue(string Text, string Source, string Field);
