using System.Collections.Immutable;
using Intercept.Core.Identity;

namespace Intercept.Control.Authentication;

/// <summary>Which ways there are to show who one is. Join tokens and certificates of our own are always among them.</summary>
internal sealed record AuthenticationOptions
{
    /// <summary>Null outside a cluster.</summary>
    public KubernetesCalls? Kubernetes { get; init; }

    /// <summary>What service-account tokens must be made for.</summary>
    public ImmutableArray<string> Audiences { get; init; } = ["istio-ca"];

    public ImmutableArray<UnixPeerRule> UnixPeers { get; init; } = [];

    /// <summary>Accounts of nodes' proxies, which may ask on behalf of pods.</summary>
    public ImmutableArray<SpiffeId> NodeAccounts { get; init; } = [];
}
