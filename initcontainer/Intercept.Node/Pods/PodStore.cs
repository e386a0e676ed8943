using System.Collections.Immutable;
using Intercept.Capture.Pods;

namespace Intercept.Node.Pods;

/// <summary>The pods of this node, as their source knows them. Read and written by any thread: what is read is one moment's.</summary>
internal sealed class PodStore
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<(string Namespace, string Name), PodMetadata> _pods = ImmutableDictionary<(string, string), PodMetadata>.Empty;
    private string? _missing = "the pods of this node have not been read yet";

    /// <summary>Why no question about a pod can be answered; null when all pods are known.</summary>
    public string? Missing
    {
        get => Volatile.Read(ref _missing);
    }

    public IEnumerable<PodMetadata> All => Volatile.Read(ref _pods).Values;

    public int Count => Volatile.Read(ref _pods).Count;

    /// <summary>All of them, at once.</summary>
    public void Replace(IEnumerable<PodMetadata> pods)
    {
        lock (_gate)
        {
            Volatile.Write(ref _pods, pods.DistinctBy(KeyOf).ToImmutableDictionary(KeyOf));
            Volatile.Write(ref _missing, null);
        }
    }

    public void Put(PodMetadata pod)
    {
        lock (_gate)
        {
            Volatile.Write(ref _pods, _pods.SetItem(KeyOf(pod), pod));
        }
    }

    public void Remove(PodMetadata pod)
    {
        lock (_gate)
        {
            // A pod of a StatefulSet has its predecessor's name.
            if (_pods.TryGetValue(KeyOf(pod), out var known) && known.Identity.Uid == pod.Identity.Uid)
            {
                Volatile.Write(ref _pods, _pods.Remove(KeyOf(pod)));
            }
        }
    }

    /// <summary>The source cannot be read: what was known before stays known.</summary>
    public void Fail(string why)
    {
        lock (_gate)
        {
            if (_missing is not null)
            {
                Volatile.Write(ref _missing, why);
            }
        }
    }

    /// <summary>A runtime that knows no namespaces asks by name alone.</summary>
    /// <returns>Null where there is none, or only one that was made before it under the same name.</returns>
    public PodMetadata? Find(string @namespace, string name, string uid)
    {
        var pods = Volatile.Read(ref _pods);
        var found = @namespace.Length == 0 ? ByName(pods, name)
            : pods.GetValueOrDefault((@namespace, name)) ?? pods.GetValueOrDefault(("", name));
        return found is null || uid.Length == 0 || found.Identity.Uid.Length == 0 || found.Identity.Uid == uid ? found : null;
    }

    private static PodMetadata? ByName(ImmutableDictionary<(string Namespace, string Name), PodMetadata> pods, string name)
    {
        var found = pods.Values.Where(pod => pod.Identity.Name == name).Take(2).ToList();
        return found.Count == 1 ? found[0] : null;
    }

    private static (string Namespace, string Name) KeyOf(PodMetadata pod) => (pod.Identity.Namespace, pod.Identity.Name);
}
