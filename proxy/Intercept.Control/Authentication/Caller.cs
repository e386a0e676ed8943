using System.Collections.Immutable;
using Intercept.Core.Identity;

namespace Intercept.Control.Authentication;

/// <summary>Who calls, once it has been shown. Only what authenticated it may say so.</summary>
/// <param name="Identities">What the caller may call itself, its default first; never empty.</param>
/// <param name="Pod">The pod of a service-account token; null elsewhere.</param>
internal sealed record Caller(ImmutableArray<SpiffeId> Identities, AuthenticationMethod Method, CallerPod? Pod = null)
{
    public SpiffeId Identity => Identities[0];

    public bool Holds(SpiffeId identity) => Identities.Contains(identity);
}
