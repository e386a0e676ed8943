using System.Collections.Immutable;
using Intercept.Control.Manifests;
using Intercept.Core.Problems;

namespace Intercept.Control.Kubernetes;

/// <param name="IsWhole">Every kind has been listed once, or is not there: nothing that protects a service is missing.</param>
internal sealed record ObjectSnapshot(
    bool IsWhole,
    ImmutableArray<ManifestObject> Objects,
    ImmutableArray<Problem> Problems,
    ImmutableArray<Problem> Warnings,
    ImmutableSortedDictionary<string, int> Counts);
