using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>What is the same for every type: room, refusal, acceptance, removal.</summary>
/// <typeparam name="T">What a resource of this type becomes.</typeparam>
internal abstract class ResourceIntake<T>(ResourceType type, ResourceShelves shelves) : IResourceIntake
    where T : class
{
    public abstract Subscription Wanted { get; }

    public IEnumerable<string> Names => Shelf.Names.Concat(shelves.Ledger.Refused.Names(type)).Concat(OtherNames).Distinct(StringComparer.Ordinal);

    public virtual IReadOnlyDictionary<string, string> Versions => Shelf.Versions();

    public bool HasAnswer { get; private set; }

    protected ResourceShelf Shelf => shelves.Of(type);

    protected DateTimeOffset Now => shelves.Ledger.Time.GetUtcNow();

    /// <summary>Whether the shelf keeps what comes.</summary>
    protected virtual bool Keeps => true;

    /// <summary>What is kept of this type beside the shelf.</summary>
    protected virtual IEnumerable<string> OtherNames => [];

    public void Take(ImmutableArray<DiscoveredResource> updated, ImmutableArray<string> removed)
    {
        HasAnswer = true;
        Begin(updated, removed);
        foreach (var name in removed)
        {
            Shelf.Remove(name);
            Remove(name);
        }

        foreach (var resource in updated)
        {
            Take(resource);
        }

        End();
    }

    public void Miss(string name)
    {
        HasAnswer |= name == Subscription.WildcardName;
        MissOne(name);
    }

    protected abstract TranslatedResource<T> Translate(DiscoveredResource resource);

    /// <summary>What is wrong with it beside all others; null when nothing is.</summary>
    protected virtual Problem? Check(T value) => null;

    protected abstract void Put(DiscoveredResource resource, TranslatedResource<T> translated);

    protected abstract void Remove(string name);

    /// <summary>It was refused, and the last good version, if there is one, is to stay.</summary>
    protected virtual void Refuse(DiscoveredResource resource, ImmutableArray<Problem> problems)
    {
    }

    protected virtual void MissOne(string name)
    {
    }

    protected virtual void Begin(ImmutableArray<DiscoveredResource> updated, ImmutableArray<string> removed)
    {
    }

    protected virtual void End()
    {
    }

    protected Problem Problem(string name, string field, string? value, string why, string? allowed = null) =>
        new(TypeUrls.Describe(type, name), 0, field, value, why, allowed);

    private void Take(DiscoveredResource resource)
    {
        // With the state of the world a change of one resource brings all.
        if (Shelf.IsSame(resource))
        {
            Shelf.Renew(resource);
        }
        else if (Shelf.Admit(resource) is { } noRoom)
        {
            RefuseWith(resource, [noRoom]);
        }
        else
        {
            TakeNew(resource);
        }
    }

    private void TakeNew(DiscoveredResource resource)
    {
        var translated = Translate(resource);
        if (!translated.IsAccepted)
        {
            RefuseWith(resource, translated.Problems);
        }
        else if (Check(translated.Value) is { } problem)
        {
            RefuseWith(resource, [problem]);
        }
        else
        {
            if (Keeps)
            {
                Shelf.Accept(resource, translated);
            }

            shelves.Ledger.Refused.Remove(type, resource.Name);
            Put(resource, translated);
        }
    }

    private void RefuseWith(DiscoveredResource resource, ImmutableArray<Problem> problems)
    {
        Shelf.Refuse(resource, problems);
        Refuse(resource, problems);
    }
}
