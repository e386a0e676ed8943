using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh;
using Intercept.Mesh.Discovery;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>
/// Keeps what a control plane sends, resource by resource: a good one replaces the last good one, a bad one is refused
/// with its reasons and the last good one stays. After each batch it makes a snapshot of what is ready for use.
/// </summary>
internal sealed class ResourceStore : IResourceReceiver
{
    private readonly MeshSnapshot _bootstrap;
    private readonly Action<MeshSnapshot> _publish;
    private readonly ResourceLedger _ledger;
    private readonly ResourceShelves _shelves;
    private readonly DiscoveredSecrets _secrets;
    private readonly DiscoveredClusters _clusters;
    private readonly DiscoveredListeners _listeners;
    private readonly ListenerIntake _listenerIntake;
    private readonly ImmutableArray<IResourceIntake> _intakes;
    private long _version;
    private volatile StoredResources _stored = StoredResources.Nothing;

    /// <param name="bootstrap">Its resources stay, and win over those of the same name.</param>
    /// <param name="secrets">Receives the secrets that come.</param>
    /// <param name="provided">The secrets that come from elsewhere.</param>
    /// <param name="publish">Receives a snapshot after each change, from the first complete state on.</param>
    public ResourceStore(MeshSnapshot bootstrap, SecretStore secrets, ImmutableHashSet<string> provided, ResourceLimits limits, TimeProvider time, Action<MeshSnapshot> publish)
    {
        _bootstrap = bootstrap;
        _publish = publish;
        _version = bootstrap.Version;
        _ledger = new ResourceLedger(limits, time);
        _shelves = new ResourceShelves(_ledger);
        _secrets = new DiscoveredSecrets(secrets);
        _clusters = new DiscoveredClusters(bootstrap.Clusters, _secrets.IsThere);
        _listeners = new DiscoveredListeners(bootstrap.Listeners, _secrets.IsThere);
        var translator = new ResourceTranslator(DiscoveredSecrets.Origin, provided);
        var loops = new LoopSearch(_clusters, _listeners);
        _listenerIntake = new ListenerIntake(_shelves, _listeners, _clusters, translator, loops);
        _intakes =
        [
            new ClusterIntake(_shelves, _clusters, translator, loops),
            new EndpointIntake(_shelves, _clusters, translator, loops),
            _listenerIntake,
            new RouteIntake(_shelves, translator),
            new SecretIntake(_shelves, _secrets, provided, _clusters, _listeners, translator),
        ];
    }

    /// <summary>A first snapshot was made: what follows are changes.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>As of the last batch. For any thread.</summary>
    public StoredResources Stored => _stored;

    public ImmutableArray<Problem> Receive(ResourceBatch batch)
    {
        Take(batch);
        Publish();
        return _ledger.TakeProblems();
    }

    public Subscription Wanted(ResourceType type) => _intakes[(int)type].Wanted;

    public IReadOnlyDictionary<string, string> Versions(ResourceType type) => _intakes[(int)type].Versions;

    public void Absent(ResourceType type, string name)
    {
        _intakes[(int)type].Miss(name);
        Publish();
    }

    public void Connected(string? controlPlane)
    {
    }

    public void Disconnected(string why)
    {
    }

    /// <summary>Takes back what was kept for a restart. It counts as complete: the control plane will say what is different.</summary>
    /// <returns>What this version refuses of it.</returns>
    public ImmutableArray<Problem> Restore(IEnumerable<ResourceBatch> batches)
    {
        foreach (var batch in batches)
        {
            Take(batch);
        }

        IsComplete = true;
        Publish();
        return _ledger.TakeProblems();
    }

    private void Take(ResourceBatch batch)
    {
        var intake = _intakes[(int)batch.Type];
        var updated = batch.Updated;
        if (updated.DistinctBy(resource => resource.Name).Count() != updated.Length)
        {
            updated = RefuseDuplicates(batch);
        }

        var names = updated.Select(resource => resource.Name).ToHashSet(StringComparer.Ordinal);
        var removed = batch.Removed.Where(name => !names.Contains(name)).ToList();
        if (batch.IsWhole)
        {
            names.UnionWith(batch.Updated.Select(resource => resource.Name));
            removed.AddRange(intake.Names.Where(name => !names.Contains(name)));
        }

        // Nothing is in effect before the whole batch is: what goes makes room for what comes.
        intake.Take(updated, [.. removed.Distinct()]);
    }

    // Which of two would be meant is anybody's guess.
    private ImmutableArray<DiscoveredResource> RefuseDuplicates(ResourceBatch batch)
    {
        var groups = batch.Updated.GroupBy(resource => resource.Name, StringComparer.Ordinal).ToList();
        foreach (var group in groups.Where(group => group.Count() > 1))
        {
            _shelves.Of(batch.Type).Refuse(
                group.First(), [new Problem(TypeUrls.Describe(batch.Type, group.Key), 0, "name", group.Key, "names two resources of one response", "names that differ")]);
        }

        return [.. groups.Where(group => group.Count() == 1).Select(group => group.First())];
    }

    private void Publish()
    {
        IsComplete |= _intakes[(int)ResourceType.Cluster].HasAnswer && _intakes[(int)ResourceType.Listener].HasAnswer
            && _clusters.IsWarm && _listeners.IsWarm;
        _stored = new StoredResources(ToState(), _listenerIntake.Refused);
        if (IsComplete)
        {
            _publish(new MeshSnapshot
            {
                Version = ++_version,
                Node = _bootstrap.Node,
                Admin = _bootstrap.Admin,
                Listeners = _listeners.Active,
                RefusedListeners = _listeners.Refused,
                Clusters = _clusters.Active,
                Discovered = _stored.State,
            });
        }
    }

    private DiscoveredState ToState() => new()
    {
        Clusters = _shelves.Of(ResourceType.Cluster).Accepted,
        Endpoints = _shelves.Of(ResourceType.Endpoint).Accepted,
        Listeners = _shelves.Of(ResourceType.Listener).Accepted,
        Routes = _shelves.Of(ResourceType.Route).Accepted,
        SecretVersions = _secrets.Versions,
        WarmingClusters = _clusters.Warming,
        WarmingListeners = _listeners.Warming,
        Refused = _ledger.Refused.List,
        Ignored = _ledger.Ignored.List,
    };
}
