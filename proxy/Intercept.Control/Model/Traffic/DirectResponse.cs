namespace Intercept.Control.Model.Traffic;

/// <param name="Body">The bytes as base64 text, so that they compare by content; null for none.</param>
internal sealed record DirectResponse(int Status, string? Body);
