namespace Intercept.Xds.Sidecars;

/// <summary>What a sidecar finds around it.</summary>
/// <param name="Variables">Its environment.</param>
/// <param name="Root">Where the file system begins: "/", but for a test.</param>
public sealed record SidecarInput(IReadOnlyDictionary<string, string> Variables, string Root = "/");
