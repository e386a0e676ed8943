using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Tls;
using Intercept.Proxy.Stats;
using Intercept.Proxy.TlsContexts;

namespace Intercept.Proxy.Plans;

/// <summary>
/// Snapshot to plan. What the previous plan has for the same objects of the configuration is used again, so that a change
/// costs what it changes: TLS contexts with their known peers and sessions, resolved hosts, counters, selectors.
/// </summary>
internal sealed class PlanBuilder(StatRegistry registry, SecretStore secrets, TimeProvider time)
{
    private readonly ClusterPlans _clusters = new(registry);
    private readonly ListenerPlans _listeners = new(registry);

    /// <summary>All or nothing, for configuration that a person has written.</summary>
    /// <param name="snapshot">Validated.</param>
    /// <param name="previous">The plan in effect; null at start.</param>
    /// <param name="problems">Receives everything that is wrong with certificates and keys.</param>
    /// <returns>Null when there are problems; nothing of the previous plan has changed then.</returns>
    public ServingPlan? TryBuild(MeshSnapshot snapshot, ServingPlan? previous, ICollection<Problem> problems)
    {
        var before = problems.Count;
        var plan = Build(snapshot, previous, problems);
        if (problems.Count == before)
        {
            return plan;
        }

        foreach (var source in plan.TlsSources.Except(previous?.TlsSources ?? []))
        {
            source.Retire();
        }

        return null;
    }

    /// <summary>Always a plan: what a certificate is wrong or missing for is closed, and the rest of the mesh goes on.</summary>
    public ServingPlan Build(MeshSnapshot snapshot, ServingPlan? previous, ICollection<Problem> problems)
    {
        using var material = new TlsMaterial(secrets);
        var sources = new TlsSourceSet(previous?.TlsSources ?? [], material, time, problems);
        var clusters = _clusters.Build(snapshot, previous, sources);
        var listeners = _listeners.Build(snapshot, previous, sources);
        return new ServingPlan(snapshot, listeners, clusters)
        {
            GoneClusters = previous is null || ReferenceEquals(clusters, previous.ClusterSet)
                ? []
                : [.. previous.ClusterSet.ByName.Keys.Where(name => !clusters.ByName.ContainsKey(name))],
        };
    }
}
