using System.Collections.Immutable;
using Intercept.Control.Authentication;
using Intercept.Control.Authority;
using Intercept.Control.CommandLine;
using Intercept.Control.Status;
using Intercept.Core.Problems;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Commands;

/// <summary>From flags to the authority.</summary>
internal static class AuthorityParts
{
    /// <param name="kubernetes">Reviews tokens; null outside a cluster.</param>
    /// <returns>Null when it cannot be opened; then the problems say why.</returns>
    public static MeshAuthority? TryOpen(ServeOptions options, KubernetesCalls? kubernetes, List<Problem> problems, TimeProvider time, ILogger log)
    {
        var (flags, mesh) = (options.Authority, options.Mesh);
        var peers = Peers(flags, mesh, problems);
        if (problems.Count > 0)
        {
            return null;
        }

        try
        {
            return MeshAuthority.Open(Options(flags, mesh), new AuthenticationOptions { Kubernetes = kubernetes, UnixPeers = peers, NodeAccounts = flags.NodeAccounts }, time, log);
        }
        catch (AuthorityException failure)
        {
            problems.Add(new Problem("authority", 0, FlagTable.StateDir.LongForm, flags.StateDir, $"cannot be used: {failure.Message}", null));
            return null;
        }
    }

    public static CertificateStatus Status(MeshAuthority authority) => new(
        authority.Statistics.Issued, Enum.GetValues<RefusalReason>().Sum(authority.Statistics.Refused),
        authority.Authority.Current.Anchors.Roots.Select(root => new DateTimeOffset(root.NotAfter).ToUniversalTime()).Min());

    private static AuthorityOptions Options(AuthorityFlags flags, MeshFlags mesh)
    {
        var options = new AuthorityOptions
        {
            TrustDomain = mesh.TrustDomain,
            StateFolder = flags.StateDir,
            SuppliedFolder = flags.CaDir,
            RootsFile = flags.RootsFile,
            DefaultLife = flags.CertificateLife,
            MaximumLife = flags.LongestLife,
        };
        return flags.ServerNames.IsEmpty ? options : options with { ServerNames = flags.ServerNames };
    }

    private static ImmutableArray<UnixPeerRule> Peers(AuthorityFlags flags, MeshFlags mesh, List<Problem> problems)
    {
        var (rules, wrong) = UnixPeerRules.Read(flags.UnixPeers, FlagTable.UnixPeer.LongForm, hasLines: false, mesh.TrustDomain);
        problems.AddRange(wrong);
        if (flags.UnixPeersFile is not { } path)
        {
            return rules;
        }

        try
        {
            var (more, wrongLines) = UnixPeerRules.Read(File.ReadLines(path), path, hasLines: true, mesh.TrustDomain);
            problems.AddRange(wrongLines);
            return [.. rules, .. more];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem("command line", 0, FlagTable.UnixPeersFile.LongForm, path, $"cannot be read: {failure.Message}", "a file of rules"));
            return rules;
        }
    }
}
