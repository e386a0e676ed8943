using System.Collections.Immutable;
using Intercept.Control.Model;
using Intercept.Core.Problems;

namespace Intercept.Control.Manifests.Folder;

/// <summary>A whole folder at one moment: all of it, or nothing.</summary>
/// <param name="Model">Null if there is any problem.</param>
internal sealed record FolderReading(
    MeshModel? Model,
    ImmutableArray<Problem> Problems,
    ImmutableArray<Problem> Warnings,
    int Files,
    ImmutableSortedDictionary<string, int> Objects,
    ImmutableSortedDictionary<string, int> Skipped);
