using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Xds.Resources;

/// <summary>What the resources of all types have in common: their bytes, their secrets, what is ignored, what is refused.</summary>
internal sealed class ResourceLedger(ResourceLimits limits, TimeProvider time)
{
    private readonly ImmutableArray<Problem>.Builder _problems = ImmutableArray.CreateBuilder<Problem>();

    public ResourceLimits Limits => limits;

    public TimeProvider Time => time;

    /// <summary>Of all accepted resources.</summary>
    public long Bytes { get; set; }

    public NameCounts WantedSecrets { get; } = new();

    public IgnoredFeatures Ignored { get; } = new();

    public RefusedResources Refused { get; } = new(time);

    public void Report(ImmutableArray<Problem> problems) => _problems.AddRange(problems);

    /// <summary>What was reported since this was asked the last time.</summary>
    public ImmutableArray<Problem> TakeProblems()
    {
        var problems = _problems.ToImmutable();
        _problems.Clear();
        return problems;
    }
}
