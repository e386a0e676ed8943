namespace Intercept.Xds.Translation;

/// <summary>A translated resource and the path it came from.</summary>
internal readonly record struct Translated<T>(T Value, string Path);
