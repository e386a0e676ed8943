using Intercept.Mesh;
using Intercept.Mesh.Listeners;

namespace Intercept.Proxy.Feeding;

/// <summary>A bootstrap that was changed by hand, with what the control plane has said under the one before.</summary>
internal static class SnapshotMerge
{
    /// <param name="bootstrap">The new one; its resources win.</param>
    /// <param name="inEffect">The snapshot that the proxy acts on.</param>
    public static MeshSnapshot Merge(MeshSnapshot bootstrap, MeshSnapshot inEffect)
    {
        if (inEffect.Discovered is not { } discovered)
        {
            return bootstrap;
        }

        var names = bootstrap.Listeners.Select(listener => listener.Name).ToHashSet(StringComparer.Ordinal);
        var clusters = bootstrap.Clusters.ToBuilder();
        foreach (var cluster in inEffect.Clusters.Values)
        {
            if (discovered.Clusters.ContainsKey(cluster.Name) && !clusters.ContainsKey(cluster.Name))
            {
                clusters.Add(cluster.Name, cluster);
            }
        }

        return bootstrap with
        {
            Version = inEffect.Version + 1,
            Clusters = clusters.ToImmutable(),
            Listeners = [.. bootstrap.Listeners, .. inEffect.Listeners.Where(IsDiscovered)],
            RefusedListeners = [.. inEffect.RefusedListeners.Where(refused => !names.Contains(refused.Name))],
            Discovered = discovered,
        };

        bool IsDiscovered(Listener listener) => discovered.Listeners.ContainsKey(listener.Name) && !names.Contains(listener.Name);
    }
}
