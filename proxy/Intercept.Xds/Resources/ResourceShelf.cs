using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh.Discovery;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>The accepted resources of one type as they came, with what is noted of each.</summary>
internal sealed class ResourceShelf(ResourceType type, ResourceLedger ledger)
{
    private readonly Dictionary<string, Notes> _notes = new(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, AcceptedResource>.Builder _accepted =
        ImmutableDictionary.CreateBuilder<string, AcceptedResource>(StringComparer.Ordinal);

    public int Count => _accepted.Count;

    public IEnumerable<string> Names => _accepted.Keys;

    public ImmutableDictionary<string, AcceptedResource> Accepted => _accepted.ToImmutable();

    public bool Contains(string name) => _accepted.ContainsKey(name);

    public Dictionary<string, string> Versions() =>
        _accepted.ToDictionary(resource => resource.Key, resource => resource.Value.Version, StringComparer.Ordinal);

    /// <summary>Null when there is room for it.</summary>
    public Problem? Admit(DiscoveredResource resource)
    {
        if (!_accepted.ContainsKey(resource.Name) && _accepted.Count >= ledger.Limits.Resources)
        {
            return Problem(resource, $"would be one more than {ledger.Limits.Resources} resources of its type");
        }

        return ledger.Bytes - Length(resource.Name) + resource.Value.Length > ledger.Limits.Bytes
            ? Problem(resource, $"would bring all resources to more than {ledger.Limits.Bytes} bytes")
            : null;
    }

    /// <summary>Whether it says what it said before.</summary>
    public bool IsSame(DiscoveredResource resource) =>
        _accepted.TryGetValue(resource.Name, out var known) && known.Message.Span.SequenceEqual(resource.Value.Span);

    /// <summary>Takes a new version of what says the same.</summary>
    public void Renew(DiscoveredResource resource)
    {
        ledger.Refused.Remove(type, resource.Name);
        if (_accepted[resource.Name] is var known && known.Version != resource.Version)
        {
            _accepted[resource.Name] = known with { Version = resource.Version };
        }
    }

    public void Accept<T>(DiscoveredResource resource, TranslatedResource<T> translated)
        where T : class
    {
        var before = _notes.GetValueOrDefault(resource.Name, Notes.None);
        ledger.Ignored.Replace(type, before.Ignored, translated.Ignored);
        Refer(before.Secrets, translated.Secrets);
        _notes[resource.Name] = new Notes(translated.Ignored, translated.Secrets);
        ledger.Bytes += resource.Value.Length - Length(resource.Name);
        _accepted[resource.Name] = new AcceptedResource(resource.Version, resource.Value.Memory, ledger.Time.GetUtcNow());
    }

    public void Refuse(DiscoveredResource resource, ImmutableArray<Problem> problems)
    {
        ledger.Refused.Add(type, resource, problems);
        ledger.Report(problems);
    }

    /// <summary>True when it was there.</summary>
    public bool Remove(string name)
    {
        ledger.Refused.Remove(type, name);
        if (!_notes.Remove(name, out var notes))
        {
            return false;
        }

        ledger.Ignored.Replace(type, notes.Ignored, []);
        Refer(notes.Secrets, []);
        ledger.Bytes -= Length(name);
        return _accepted.Remove(name);
    }

    private int Length(string name) => _accepted.TryGetValue(name, out var resource) ? resource.Message.Length : 0;

    private void Refer(ImmutableArray<string> before, ImmutableArray<string> now)
    {
        if (before == now)
        {
            return;
        }

        foreach (var name in now)
        {
            ledger.WantedSecrets.Add(name);
        }

        foreach (var name in before)
        {
            ledger.WantedSecrets.Remove(name);
        }
    }

    private Problem Problem(DiscoveredResource resource, string why) => new(TypeUrls.Describe(type, resource.Name), 0, "(resource)", null, why, null);

    private readonly record struct Notes(ImmutableArray<IgnoredField> Ignored, ImmutableArray<string> Secrets)
    {
        public static Notes None { get; } = new([], []);
    }
}
