using System.Collections.Immutable;
using Intercept.Control.Serving.Callers;

namespace Intercept.Control.Authentication;

/// <summary>Processes of this machine, by the user that the kernel says they run as. Every rule that matches gives an identity.</summary>
internal sealed class UnixPeerKind(ImmutableArray<UnixPeerRule> rules) : ICredentialKind
{
    private const uint Root = 0;

    public ValueTask<Caller?> TryAuthenticateAsync(CallerCredentials credentials, CancellationToken cancellation)
    {
        Caller? caller = null;
        if (credentials.Peer is { } peer)
        {
            var identities = rules.Where(rule => rule.Matches(peer)).Select(rule => rule.Identity).Distinct().ToImmutableArray();
            caller = identities.IsEmpty && peer.UserId != Root
                ? Caller.Refused($"no rule is about user {peer.UserId} and group {peer.GroupId}")
                : new Caller
                {
                    Description = identities.IsEmpty ? "root" : $"user {peer.UserId} as {identities[0]}",
                    Identities = identities,

                    // Root reads every proxy's configuration and our own memory anyway. It still has no certificate without a rule.
                    IsUnrestricted = peer.UserId == Root,
                };
        }

        return ValueTask.FromResult(caller);
    }
}
