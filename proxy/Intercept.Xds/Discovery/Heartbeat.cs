namespace Intercept.Xds.Discovery;

/// <summary>A resource of which the server says nothing but that it exists.</summary>
/// <param name="Version">The one that it has; of another than ours nothing is said.</param>
/// <param name="Lifetime">From now on.</param>
internal readonly record struct Heartbeat(string Name, string Version, TimeSpan Lifetime);
