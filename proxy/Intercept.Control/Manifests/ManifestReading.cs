using System.Collections.Immutable;
using Intercept.Core.Problems;

namespace Intercept.Control.Manifests;

/// <summary>What one file, or several, hold.</summary>
/// <param name="Objects">Those that could be read, in the order of the text.</param>
/// <param name="Problems">With any of these the whole is not to be used.</param>
/// <param name="Warnings">What was accepted without effect.</param>
/// <param name="Skipped">How many there are of each kind that is not about the mesh.</param>
internal sealed record ManifestReading(
    ImmutableArray<ManifestObject> Objects,
    ImmutableArray<Problem> Problems,
    ImmutableArray<Problem> Warnings,
    ImmutableSortedDictionary<string, int> Skipped);
