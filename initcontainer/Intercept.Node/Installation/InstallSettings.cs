using System.Collections.Immutable;

namespace Intercept.Node.Installation;

/// <summary>What to put where. Directories are as the host has them.</summary>
internal sealed record InstallSettings
{
    public HostRoot Root { get; init; } = HostRoot.At("");

    public string ConfigurationDirectory { get; init; } = PlatformPreset.Kubernetes.ConfigurationDirectory;

    public string PluginDirectory { get; init; } = PlatformPreset.Kubernetes.PluginDirectory;

    /// <summary>Names in the directory; empty for the one that the runtime takes.</summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>False for a file of its own, which Multus calls by itself.</summary>
    public bool IsChained { get; init; } = true;

    public bool AllowOtherMesh { get; init; }

    /// <summary>The program to install, for this process.</summary>
    public required string PluginFile { get; init; }

    public PluginEntry Entry { get; init; } = new();
}
