namespace Intercept.Tests.Unit.Xds;

/// <summary>What a problem is to say, apart from its line.</summary>
internal readonly record struct BadField(string Path, string? Value, string Why, string? Allowed);
