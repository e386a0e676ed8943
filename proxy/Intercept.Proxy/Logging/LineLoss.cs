namespace Intercept.Proxy.Logging;

/// <summary>Lines that are not in the file.</summary>
/// <param name="Lines">Since the last report.</param>
internal readonly record struct LineLoss(long Lines, string Why);
