using System.Collections.Immutable;

namespace Intercept.Capture.Nftables;

/// <param name="Hook">The line that ties a base chain to its hook, as `nft list` prints it; null for a chain that is only jumped to.</param>
/// <param name="Rules">As `nft --stateless list table` prints them, without indentation.</param>
public sealed record NftablesChain(string Name, string? Hook, ImmutableArray<string> Rules);
