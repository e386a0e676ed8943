using System.Collections.Immutable;

namespace Intercept.Node.Installation;

/// <param name="Files">Those with our entry, as the host has them.</param>
/// <param name="Changes">What was done; empty where all was in its place.</param>
/// <param name="Why">Of what is not installed.</param>
/// <param name="Skipped">Files that were passed over, with the reason.</param>
internal sealed record InstallOutcome(
    InstallState State, ImmutableArray<string> Files, ImmutableArray<string> Changes, string Why, ImmutableArray<string> Skipped);
