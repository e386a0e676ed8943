using System.Collections.Immutable;
using Intercept.Control.Model;
using Intercept.Core.Problems;

namespace Intercept.Control.Manifests.Reading;

/// <summary>What the readers of one file, or of one object of the Kubernetes API, share.</summary>
/// <param name="source">What problems name as their place.</param>
/// <param name="allowsUnknownFields">
/// Of core kinds that the API server gives: it has checked them against schemas that may be newer than this program, so
/// that a field nobody here knows is no typing error.
/// </param>
internal sealed class ReadingScope(string source, MeshOptions options, bool allowsUnknownFields = false)
{
    public string Source { get; } = source;

    public MeshOptions Options { get; } = options;

    public bool AllowsUnknownFields { get; } = allowsUnknownFields;

    public ImmutableArray<Problem>.Builder Problems { get; } = ImmutableArray.CreateBuilder<Problem>();

    /// <summary>What is accepted without effect.</summary>
    public ImmutableArray<Problem>.Builder Warnings { get; } = ImmutableArray.CreateBuilder<Problem>();
}
