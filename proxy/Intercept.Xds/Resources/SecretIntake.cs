using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>Secrets go to the store that everything reads from. They stand on no shelf: keys are not kept twice.</summary>
internal sealed class SecretIntake(
    ResourceShelves shelves, DiscoveredSecrets secrets, DiscoveredClusters clusters, DiscoveredListeners listeners, ResourceTranslator translator)
    : ResourceIntake<Secret>(ResourceType.Secret, shelves)
{
    private readonly NameCounts _wanted = shelves.Ledger.WantedSecrets;

    public override Subscription Wanted => _wanted.Subscription;

    public override IReadOnlyDictionary<string, string> Versions => secrets.Versions;

    protected override bool Keeps => false;

    protected override IEnumerable<string> OtherNames => secrets.Versions.Keys;

    protected override TranslatedResource<Secret> Translate(DiscoveredResource resource) => translator.ToSecret(resource);

    protected override void Put(DiscoveredResource resource, TranslatedResource<Secret> translated) =>
        secrets.Put(translated.Value!, resource.Version);

    protected override void Remove(string name) => secrets.Remove(name);

    protected override void MissOne(string name)
    {
        secrets.Miss(name);
        End();
    }

    protected override void End()
    {
        clusters.Retry();
        listeners.Retry();
    }
}
