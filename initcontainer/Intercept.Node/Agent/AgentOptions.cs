using System.Collections.Immutable;
using Intercept.Capture.Pods;
using Intercept.Core.Addressing;
using Intercept.Node.Installation;

namespace Intercept.Node.Agent;

/// <summary>What `run` was asked for, checked.</summary>
internal sealed record AgentOptions
{
    /// <summary>Null with --no-install: somebody else puts the plugin in place.</summary>
    public required InstallSettings? Install { get; init; }

    public required HostRoot Root { get; init; }

    /// <summary>For this process.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>A folder; null with Kubernetes.</summary>
    public required string? Manifests { get; init; }

    /// <summary>Whose pods are asked for; null with manifests.</summary>
    public required string? NodeName { get; init; }

    public required SelectionSettings Selection { get; init; }

    public required NetEndpoint Address { get; init; }

    /// <summary>Between two comparisons of what is installed.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>False only reports.</summary>
    public required bool Repairs { get; init; }

    public required string Bpffs { get; init; }

    public required bool IsJsonLog { get; init; }

    public required ImmutableDictionary<string, string> Environment { get; init; }

    public string Socket => $"{StateDirectory}/node.sock";
}
