namespace Intercept.Control.Manifests.Reading;

/// <summary>What a text has to look like, and the words for it.</summary>
internal sealed record TextForm(Func<string, bool> IsValid, string Why, string Allowed);
