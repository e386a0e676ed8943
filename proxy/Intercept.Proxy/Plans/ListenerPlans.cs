using System.Collections.Frozen;
using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh;
using Intercept.Mesh.Listeners;
using Intercept.Proxy.Serving;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>Makes the listeners of a plan.</summary>
internal sealed class ListenerPlans(StatRegistry registry)
{
    // As with clusters.
    private const int Few = 1000;

    public PlannedListeners Build(MeshSnapshot snapshot, ServingPlan? previous, TlsSourceSet sources)
    {
        if (previous is not null && previous.Snapshot.Listeners == snapshot.Listeners && previous.Snapshot.RefusedListeners == snapshot.RefusedListeners)
        {
            return previous.ListenerSet;
        }

        var before = previous?.Listeners ?? ImmutableDictionary.Create<string, ListenerPlan>(StringComparer.Ordinal);
        var plans = new List<ListenerPlan>(snapshot.Listeners.Length + snapshot.RefusedListeners.Length);
        foreach (var listener in snapshot.Listeners)
        {
            var plan = before.GetValueOrDefault(listener.Name);
            plans.Add(plan is not null && ReferenceEquals(plan.Listener, listener)
                ? plan
                : ToPlan(listener, plan, sources, refusal: null, hasFew: snapshot.Listeners.Length <= Few));
        }

        foreach (var refused in snapshot.RefusedListeners)
        {
            var plan = before.GetValueOrDefault(refused.Name);
            var listener = RefusedPlace.Of(refused);
            plans.Add(plan?.Refusal == refused.Why && plan.Listener == listener ? plan : ToPlan(listener, plan, sources, refused.Why, hasFew: false));
        }

        return new PlannedListeners(
            ByName(plans, before),
            [.. plans.Where(plan => plan.Listener.BindsToPort)],
            ByDestination(plans),
            [.. plans.SelectMany(plan => plan.Chains).Select(chain => chain.Tls).OfType<TlsSource>().Distinct()])
        {
            Unplaced = plans.FirstOrDefault(plan =>
                plan.Refusal is not null && plan.Listener is { Addresses.IsEmpty: true, Direction: not TrafficDirection.Inbound }),
        };
    }

    private static ImmutableDictionary<string, ListenerPlan> ByName(List<ListenerPlan> plans, ImmutableDictionary<string, ListenerPlan> before)
    {
        var now = before.ToBuilder();
        foreach (var plan in plans)
        {
            if (!ReferenceEquals(before.GetValueOrDefault(plan.Listener.Name), plan))
            {
                now[plan.Listener.Name] = plan;
            }
        }

        if (now.Count > plans.Count)
        {
            var names = plans.Select(plan => plan.Listener.Name).ToHashSet(StringComparer.Ordinal);
            now.RemoveRange(before.Keys.Where(name => !names.Contains(name)));
        }

        return now.ToImmutable();
    }

    private static FrozenDictionary<NetEndpoint, ListenerPlan> ByDestination(List<ListenerPlan> plans)
    {
        var byDestination = new Dictionary<NetEndpoint, ListenerPlan>(plans.Count);
        foreach (var plan in plans.Where(plan => !plan.Listener.BindsToPort))
        {
            foreach (var address in plan.Listener.Addresses)
            {
                // Two for one destination: the one that refuses decides, or else which policy holds would be left to chance.
                if (!byDestination.TryAdd(address, plan) && plan.Refusal is not null)
                {
                    byDestination[address] = plan;
                }
            }
        }

        return byDestination.ToFrozenDictionary();
    }

    private ListenerPlan ToPlan(Listener listener, ListenerPlan? previous, TlsSourceSet sources, string? refusal, bool hasFew)
    {
        var chains = listener.FilterChains.AsEnumerable();
        if (listener.DefaultFilterChain is { } defaultChain)
        {
            chains = chains.Append(defaultChain);
        }

        var plan = new ListenerPlan(
            listener,
            [.. chains.Select(chain => ToPlan(chain, sources, hasFew))],
            previous?.LazyStats ?? new LazyStats<ListenerStats>(registry, listener.Name, static (registry, name) => new ListenerStats(registry, name)),
            previous?.Sources ?? new SourceLimit())
        {
            Refusal = refusal,
        };
        if (hasFew)
        {
            _ = plan.Stats;
        }

        return plan;
    }

    private ChainPlan ToPlan(FilterChain chain, TlsSourceSet sources, bool hasFew)
    {
        var plan = new ChainPlan(
            chain,
            chain.Tls is { } tls ? sources.Of(tls) : null,
            [.. chain.Rbac.Select(filter => new RbacPlan(filter, new RbacStats(registry, filter.StatPrefix)))],
            new LazyStats<ChainStats>(registry, chain.Proxy.StatPrefix, static (registry, name) => new ChainStats(registry, name)));
        if (hasFew)
        {
            _ = plan.Stats;
        }

        return plan;
    }
}
