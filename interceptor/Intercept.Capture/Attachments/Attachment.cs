using System.Collections.Immutable;
using Intercept.Capture.Pods;

namespace Intercept.Capture.Attachments;

/// <summary>What was put into one pod's network namespace: written before it is put there, removed after it is gone.</summary>
public sealed record Attachment
{
    public const int CurrentFormat = 1;

    /// <summary>A reader refuses a later one: it would not know all that is to be removed.</summary>
    public int Format { get; init; } = CurrentFormat;

    public required string ContainerId { get; init; }

    public required string Interface { get; init; }

    /// <summary>The name of the CNI network: a runtime that collects garbage knows the attachments of one network at a time.</summary>
    public string Network { get; init; } = "";

    public required PodIdentity Pod { get; init; }

    /// <summary>The file of the namespace, which may be gone, or be that of another one by now.</summary>
    public required string NetworkNamespace { get; init; }

    /// <summary>Tells whether that file still is the same namespace.</summary>
    public required ulong NamespaceInode { get; init; }

    /// <summary>As intercept-init takes them, without those that say where.</summary>
    public required ImmutableArray<string> Arguments { get; init; }

    /// <summary>Why it is captured, as the decision said.</summary>
    public required string Reason { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Of Intercept.</summary>
    public required string Version { get; init; }
}
