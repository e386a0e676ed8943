using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh.Discovery;
using Intercept.Mesh.Listeners;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

internal sealed class ListenerIntake(
    ResourceShelves shelves, DiscoveredListeners listeners, DiscoveredClusters clusters, ResourceTranslator translator, LoopSearch loops)
    : ResourceIntake<Listener>(ResourceType.Listener, shelves)
{
    // What is refused is not worth more memory than this; the rest is closed as long as this process lives.
    private const int MostKept = 1000;
    private const int LargestKept = 64 * 1024;

    /// <summary>As they came, those that have no good version: after a restart they are refused again.</summary>
    public ImmutableDictionary<string, AcceptedResource> Refused { get; private set; } =
        ImmutableDictionary.Create<string, AcceptedResource>(StringComparer.Ordinal);

    public override Subscription Wanted => Subscription.Wildcard;

    protected override IEnumerable<string> OtherNames => listeners.Refused.Select(refused => refused.Name);

    protected override TranslatedResource<Listener> Translate(DiscoveredResource resource) => translator.ToListener(resource, clusters.ActiveNow);

    protected override Problem? Check(Listener value)
    {
        if (listeners.IsOfBootstrap(value.Name))
        {
            return Problem(value.Name, "name", value.Name, "is a listener of the bootstrap, which stays");
        }

        if (listeners.Conflict(value) is { } conflict)
        {
            return Problem(value.Name, "address", $"{conflict.Address}", $"is already an address of listener '{conflict.Name}'", "an address of its own");
        }

        return loops.FindCluster(value) is { } cluster
            ? Problem(value.Name, "address", null, $"is an endpoint of cluster '{cluster}': connections would run in a circle", "another address")
            : null;
    }

    protected override void Put(DiscoveredResource resource, TranslatedResource<Listener> translated)
    {
        listeners.Put(translated.Value!, translated.Secrets);
        Refused = Refused.Remove(resource.Name);
    }

    protected override void Refuse(DiscoveredResource resource, ImmutableArray<Problem> problems)
    {
        // One that has a name of the bootstrap's has its place taken already.
        if (!listeners.IsOfBootstrap(resource.Name))
        {
            listeners.Refuse(RefusedAddresses.Read(resource, problems[0].ToString()));
            if (!Shelf.Contains(resource.Name) && Refused.Count < MostKept && resource.Value.Length <= LargestKept)
            {
                Refused = Refused.SetItem(resource.Name, new AcceptedResource(resource.Version, resource.Value.Memory, Now));
            }
        }
    }

    protected override void Remove(string name)
    {
        listeners.Remove(name);
        Refused = Refused.Remove(name);
    }

    protected override void Begin(ImmutableArray<DiscoveredResource> updated, ImmutableArray<string> removed) =>
        listeners.Vacate(updated.Where(resource => !Shelf.IsSame(resource)).Select(resource => resource.Name));
}
