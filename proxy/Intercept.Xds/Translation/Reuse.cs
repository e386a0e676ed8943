using System.Collections.Immutable;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Policy;

namespace Intercept.Xds.Translation;

/// <summary>
/// Keeps the objects of the previous snapshot wherever the new one says the same, down to TLS contexts and policies, so
/// that a change of one policy rebuilds no TLS context and a change of one chain closes nobody else's connections.
/// </summary>
internal static class Reuse
{
    public static Cluster Keep(Cluster? before, Cluster now) =>
        before is null ? now : before == now ? before : now with { Tls = Keep(before.Tls, now.Tls) };

    public static Listener Keep(Listener? before, Listener now)
    {
        if (before is null || before == now)
        {
            return before ?? now;
        }

        var known = before.FilterChains.ToDictionary(chain => chain.Name);
        return now with
        {
            FilterChains = [.. now.FilterChains.Select(chain => Keep(known.GetValueOrDefault(chain.Name), chain))],
            DefaultFilterChain = now.DefaultFilterChain is { } chain ? Keep(before.DefaultFilterChain, chain) : null,
        };
    }

    private static FilterChain Keep(FilterChain? before, FilterChain now)
    {
        if (before is null || before == now)
        {
            return before ?? now;
        }

        return now with
        {
            Match = Keep(before.Match, now.Match)!,
            Tls = Keep(before.Tls, now.Tls),
            Rbac = Keep(before.Rbac, now.Rbac),
            Proxy = Keep(before.Proxy, now.Proxy)!,
        };
    }

    private static ImmutableArray<NetworkRbac> Keep(ImmutableArray<NetworkRbac> before, ImmutableArray<NetworkRbac> now) =>
        before.SequenceEqual(now) ? before : [.. now.Select(filter => before.FirstOrDefault(filter.Equals) ?? filter)];

    private static T? Keep<T>(T? before, T? now)
        where T : class => Equals(before, now) ? before : now;
}
