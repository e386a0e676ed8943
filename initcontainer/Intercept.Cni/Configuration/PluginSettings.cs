using System.Collections.Immutable;
using Intercept.Capture.Pods;

namespace Intercept.Cni.Configuration;

/// <summary>The plugin's own keys of its entry in the conflist.</summary>
internal sealed record PluginSettings
{
    public const string StandardStateDirectory = "/run/intercept";

    /// <summary>The node agent's, which knows labels and annotations; null where the selectors choose.</summary>
    public string? AgentSocket { get; init; }

    public ImmutableArray<string> ExcludedNamespaces { get; init; } = SelectionSettings.StandardExcludedNamespaces;

    public PodSelectors Selectors { get; init; } = new(All: false, [], []);

    /// <summary>As intercept-init takes them; the pods that the selectors choose get them.</summary>
    public ImmutableArray<string> Arguments { get; init; } = SelectionSettings.StandardArguments;

    /// <summary>Of one verb, whole.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public string StateDirectory { get; init; } = StandardStateDirectory;

    /// <summary>Null is intercept-cni.log in the state directory.</summary>
    public string? LogFile { get; init; }

    public string LogPath => LogFile ?? Path.Combine(StateDirectory, "intercept-cni.log");
}
