using System.Collections.Immutable;
using Intercept.Mesh.Clusters;
using Intercept.Xds.Discovery;
using Intercept.Xds.Translation;

namespace Intercept.Xds.Resources;

/// <summary>
/// Clusters and the endpoints that come apart from them. A new or changed cluster takes the place of the one before when
/// what it needs is there: endpoints that are known under its name already serve at once, and the old one serves until then.
/// A change concerns the clusters that it names and no others: they keep their objects.
/// </summary>
/// <param name="ofBootstrap">They stay, and nothing replaces them.</param>
/// <param name="isSecretThere">Whether a secret of the control plane has come, or will not.</param>
internal sealed class DiscoveredClusters(ImmutableDictionary<string, Cluster> ofBootstrap, Func<string, bool> isSecretThere)
{
    private readonly ImmutableDictionary<string, Cluster>.Builder _active = ofBootstrap.ToBuilder();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<UpstreamEndpoint>> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableHashSet<string>> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _warming = new(StringComparer.Ordinal);
    private readonly NameCounts _wanted = new();
    private readonly HashSet<string> _released = new(StringComparer.Ordinal);

    /// <summary>Those that connections may use.</summary>
    public ImmutableDictionary<string, Cluster> Active => _active.ToImmutable();

    public IReadOnlyDictionary<string, Cluster> ActiveNow => _active;

    public ImmutableArray<string> Warming => [.. _warming];

    public bool IsWarm => _warming.Count == 0;

    public Subscription WantedEndpoints => _wanted.Subscription;

    public bool IsOfBootstrap(string name) => ofBootstrap.ContainsKey(name);

    public void Put(ClusterTemplate template, ImmutableArray<string> secrets)
    {
        var name = template.Cluster.Name;
        var before = _entries.GetValueOrDefault(name);
        _entries[name] = new Entry(template, secrets);
        Use(template.EndpointsName, name);
        if (before?.Template.EndpointsName is { } old && old != template.EndpointsName)
        {
            Release(old, name);
        }

        Activate(name);
    }

    public void Remove(string name)
    {
        if (_entries.Remove(name, out var entry))
        {
            Release(entry.Template.EndpointsName, name);
            _active.Remove(name);
            _warming.Remove(name);
        }
    }

    public void PutEndpoints(string name, ImmutableArray<UpstreamEndpoint> endpoints)
    {
        _endpoints[name] = endpoints;
        _absent.Remove(name);
        ActivateUsers(name);
    }

    /// <summary>There are none any more: clusters that use them serve without, and close every connection.</summary>
    public void RemoveEndpoints(string name)
    {
        _endpoints.Remove(name);
        MissEndpoints(name);
    }

    /// <summary>They do not come: clusters that wait for them serve without. Those that came before stay.</summary>
    public void MissEndpoints(string name)
    {
        if (_wanted.Contains(name) && !_endpoints.ContainsKey(name))
        {
            _absent.Add(name);
            ActivateUsers(name);
        }
    }

    /// <summary>Gives up the endpoints that no cluster has asked for since.</summary>
    public IEnumerable<string> TakeUnused()
    {
        var unused = _released.Where(name => !_wanted.Contains(name)).ToList();
        _released.Clear();
        unused.ForEach(name => _endpoints.Remove(name));
        return unused;
    }

    /// <summary>A secret has come, or will not: those that waited for it may be ready.</summary>
    public void Retry()
    {
        foreach (var name in _warming.ToArray())
        {
            Activate(name);
        }
    }

    private void Activate(string name)
    {
        var entry = _entries[name];
        var endpoints = entry.Template.Cluster.Endpoints;
        var isReady = entry.Secrets.All(isSecretThere);
        if (entry.Template.EndpointsName is { } wanted && !_endpoints.TryGetValue(wanted, out endpoints))
        {
            endpoints = [];
            isReady &= _absent.Contains(wanted);
        }

        if (!isReady)
        {
            _warming.Add(name);
            return;
        }

        _warming.Remove(name);
        var cluster = entry.Template.EndpointsName is null ? entry.Template.Cluster : entry.Template.Cluster with { Endpoints = endpoints };
        _active[name] = Reuse.Keep(_active.GetValueOrDefault(name), cluster);
    }

    private void ActivateUsers(string endpointsName)
    {
        foreach (var user in _users.GetValueOrDefault(endpointsName, []))
        {
            Activate(user);
        }
    }

    private void Use(string? endpointsName, string cluster)
    {
        if (endpointsName is null || _users.GetValueOrDefault(endpointsName, []) is var users && users.Contains(cluster))
        {
            return;
        }

        _users[endpointsName] = users.Add(cluster);
        _wanted.Add(endpointsName);
    }

    private void Release(string? endpointsName, string cluster)
    {
        if (endpointsName is null)
        {
            return;
        }

        var left = _users[endpointsName].Remove(cluster);
        _wanted.Remove(endpointsName);
        if (left.IsEmpty)
        {
            _released.Add(endpointsName);
            _users.Remove(endpointsName);
            _absent.Remove(endpointsName);
        }
        else
        {
            _users[endpointsName] = left;
        }
    }

    private sealed record Entry(ClusterTemplate Template, ImmutableArray<string> Secrets);
}
