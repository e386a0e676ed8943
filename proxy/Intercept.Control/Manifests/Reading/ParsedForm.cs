namespace Intercept.Control.Manifests.Reading;

internal delegate bool TryParse<T>(string text, out T value);

/// <summary>What a text is turned into, and the words for when that does not work.</summary>
internal sealed record ParsedForm<T>(TryParse<T> Parse, string Why, string Allowed);
