using System.Collections.Immutable;
using Intercept.Control.Serving.Callers;
using Intercept.Core.Identity;

namespace Intercept.Control.Authentication;

/// <summary>A node's proxy asks for certificates of the pods beside it. Allowed for listed accounts, and in a cluster for pods of its own node.</summary>
/// <param name="nodeAccounts">Who may; empty is nobody.</param>
/// <param name="placement">Null outside a cluster, where being listed is all there is.</param>
internal sealed class Impersonation(ImmutableArray<SpiffeId> nodeAccounts, PodPlacement? placement)
{
    public static Impersonation Nobody { get; } = new([], null);

    /// <returns>Null where the caller may have a certificate of <paramref name="identity"/>; else why not.</returns>
    public async ValueTask<string?> ComplaintAsync(Caller caller, SpiffeId identity, CancellationToken cancellation)
    {
        if (caller.Identities is not [var own] || !nodeAccounts.Contains(own))
        {
            return "it is no listed node account";
        }

        // Checked where Istio's CA does not: a node account of this trust domain has no say in another.
        if (identity.TrustDomain != own.TrustDomain)
        {
            return "that is another trust domain";
        }

        if (placement is null)
        {
            return null;
        }

        if (caller.Pod is not { } pod || own.ServiceAccount is not { } ownAccount)
        {
            return "it has not shown which pod it is: a token bound to a pod is needed";
        }

        return identity is { Namespace: { } @namespace, ServiceAccount: { } account }
            ? await placement.ComplaintAsync(pod, ownAccount, @namespace, account, cancellation)
            : "that is no service account";
    }
}
