using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Control.Manifests;

/// <summary>What is in force, and what there is that is not.</summary>
internal sealed record ManifestStatus
{
    /// <summary>The folder's path, or the API server's address.</summary>
    public required string Source { get; init; }

    /// <summary>Counts the good states since the start; 0 while there is none.</summary>
    public long Generation { get; init; }

    /// <summary>When the state in force came; null while there is none.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why what is there now is not, or not all, in force. Empty when it is.</summary>
    public ImmutableArray<Problem> Problems { get; init; } = [];

    /// <summary>Since when there are problems; null while there are none.</summary>
    public DateTimeOffset? ProblemsSince { get; init; }

    /// <summary>What is accepted without effect.</summary>
    public ImmutableArray<Problem> Warnings { get; init; } = [];

    /// <summary>How many files were read; 0 for the Kubernetes API.</summary>
    public int Files { get; init; }

    /// <summary>How many objects there are of each kind, those with problems included.</summary>
    public ImmutableSortedDictionary<string, int> Objects { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>How many objects of others there are, by their kinds. See <see cref="SkippedNote"/>.</summary>
    public ImmutableSortedDictionary<string, int> Skipped { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    public DateTimeOffset? LastRead { get; init; }

    public bool IsGood => Problems.IsEmpty && Generation > 0;

    /// <summary>"skipped, as no business of a mesh: 3 Deployment.apps, 1 ConfigMap"; null when nothing was.</summary>
    public string? SkippedNote => Skipped.IsEmpty ? null
        : $"skipped, as no business of a mesh: {string.Join(", ", Skipped.Select(kind => $"{kind.Value} {kind.Key}"))}";
}
