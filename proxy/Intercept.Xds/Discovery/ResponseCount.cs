namespace Intercept.Xds.Discovery;

/// <summary>Responses of one type, and those of them that were refused in part or whole.</summary>
internal readonly record struct ResponseCount(long Responses, long Refusals);
