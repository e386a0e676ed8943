using Intercept.Control.Generation;
using Intercept.Control.Serving.Callers;

namespace Intercept.Control.Serving.Streams;

/// <summary>Whether a caller may be the node that it says it is.</summary>
internal static class Claim
{
    /// <returns>The node, with its service account where the caller's identity says it and the node does not; null when the caller may not be it.</returns>
    public static ProxyNode? Grant(Caller caller, ProxyNode node)
    {
        if (!caller.MayActAs(node.Namespace, node.ServiceAccount))
        {
            return null;
        }

        // A token is of one pod: another pod of the same account is another proxy.
        if (caller.Pod is { } pod && !caller.IsUnrestricted && (pod.Namespace != node.Namespace || pod.Name != node.Name))
        {
            return null;
        }

        return node.ServiceAccount is null && caller.Identities.FirstOrDefault(identity => identity.Namespace == node.Namespace) is { } identity
            ? node with { ServiceAccount = identity.ServiceAccount }
            : node;
    }
}
