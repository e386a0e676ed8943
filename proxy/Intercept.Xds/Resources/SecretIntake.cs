using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>Secrets go to the store that everything reads from. They stand on no shelf: keys are not kept twice.</summary>
/// <param name="provided">Those that come from elsewhere.</param>
internal sealed class SecretIntake(
    ResourceShelves shelves, DiscoveredSecrets secrets, ImmutableHashSet<string> provided, DiscoveredClusters clusters, DiscoveredListeners listeners,
    ResourceTranslator translator)
    : ResourceIntake<Secret>(ResourceType.Secret, shelves)
{
    private readonly NameCounts _wanted = shelves.Ledger.WantedSecrets;

    public override Subscription Wanted => _wanted.Subscription;

    public override IReadOnlyDictionary<string, string> Versions => secrets.Versions;

    protected override bool Keeps => false;

    protected override IEnumerable<string> OtherNames => secrets.Versions.Keys;

    protected override TranslatedResource<Secret> Translate(DiscoveredResource resource) => translator.ToSecret(resource);

    // Not asked for, so it should not come; the client of the CA must not find the control plane's in the place of its own.
    protected override Problem? Check(Secret value) => provided.Contains(value.Name)
        ? Problem(value.Name, "name", value.Name, "is the name of a secret that the proxy's own source of certificates gives")
        : null;

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
