using System.Collections.Immutable;
using Intercept.Core.Identity;

namespace Intercept.Control.CommandLine;

/// <summary>Of the authority: where it lives, and what it makes.</summary>
internal sealed record AuthorityFlags
{
    public required string StateDir { get; init; }

    public required string? CaDir { get; init; }

    public required string? RootsFile { get; init; }

    public required TimeSpan CertificateLife { get; init; }

    public required TimeSpan LongestLife { get; init; }

    /// <summary>Empty for those that are usual.</summary>
    public required ImmutableArray<string> ServerNames { get; init; }

    /// <summary>Rules as they were given.</summary>
    public required ImmutableArray<string> UnixPeers { get; init; }

    public required string? UnixPeersFile { get; init; }

    public required ImmutableArray<SpiffeId> NodeAccounts { get; init; }
}
