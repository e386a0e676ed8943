using Intercept.Control.Model;
using Intercept.Control.Model.Security;

namespace Intercept.Control.Generation.Security;

/// <summary>Which mTLS a workload's port takes: the workload's own policy, then that of its namespace, then that of the mesh.</summary>
internal static class PeerAuthenticationChoice
{
    public static MtlsMode ModeOf(
        ValueList<PeerAuthentication> policies, string rootNamespace, string @namespace, ValueMap<string> labels, int port)
    {
        if (ForWorkload(policies, @namespace, labels) is { } own)
        {
            foreach (var entry in own.Ports)
            {
                if (entry.Port == port && entry.Mode != MtlsMode.Unset)
                {
                    return entry.Mode;
                }
            }

            if (own.Mode != MtlsMode.Unset)
            {
                return own.Mode;
            }
        }

        return ModeWithoutWorkload(policies, rootNamespace, @namespace);
    }

    /// <summary>The mode of ports that no policy names.</summary>
    public static MtlsMode ModeOf(ValueList<PeerAuthentication> policies, string rootNamespace, string @namespace, ValueMap<string> labels) =>
        ModeOf(policies, rootNamespace, @namespace, labels, 0);

    /// <summary>The ports that the workload's policy names.</summary>
    public static IEnumerable<int> PortsOf(ValueList<PeerAuthentication> policies, string @namespace, ValueMap<string> labels) =>
        ForWorkload(policies, @namespace, labels)?.Ports.Select(entry => entry.Port) ?? [];

    private static MtlsMode ModeWithoutWorkload(ValueList<PeerAuthentication> policies, string rootNamespace, string @namespace)
    {
        foreach (var level in (ReadOnlySpan<string>)[@namespace, rootNamespace])
        {
            if (Oldest(policies.Where(policy => policy.Selector is null && policy.Namespace == level)) is { Mode: not MtlsMode.Unset } policy)
            {
                return policy.Mode;
            }
        }

        return MtlsMode.Permissive;
    }

    private static PeerAuthentication? ForWorkload(ValueList<PeerAuthentication> policies, string @namespace, ValueMap<string> labels) =>
        Oldest(policies.Where(policy => policy.Selector is { } selector && policy.Namespace == @namespace && selector.Matches(labels)));

    private static PeerAuthentication? Oldest(IEnumerable<PeerAuthentication> policies) =>
        policies.MinBy(policy => (policy.Meta.Created ?? DateTimeOffset.MinValue, policy.Name));
}
