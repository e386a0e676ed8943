namespace Intercept.Control.Metrics;

/// <summary>One line of the text.</summary>
/// <param name="Suffix">Behind the family's name: "_bucket", "_sum"; empty for most.</param>
internal readonly record struct Sample(string Suffix, IReadOnlyList<Label> Labels, double Value);
