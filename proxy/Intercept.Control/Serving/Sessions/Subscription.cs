using System.Collections.Immutable;
using Intercept.Control.Generation;
using Intercept.Xds.Discovery;

namespace Intercept.Control.Serving.Sessions;

/// <summary>
/// What a stream wants of one type, and what it has. For every name that is wanted and not owed, the proxy has what
/// <c>_sent</c> says, or knows that it does not exist: a reference to a shared set instead of a list for each proxy.
/// </summary>
internal sealed class Subscription(ResourceType type)
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _owed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leaving = new(StringComparer.Ordinal);
    private ResourceSet _sent = ResourceSet.Empty;
    private Dictionary<string, string>? _brought;
    private string _sentVersion = "";
    private string _acknowledgedVersion = "";
    private string? _rejection;
    private bool _hasNamed;

    public ResourceType Type => type;

    /// <summary>There was a request of this type.</summary>
    public bool IsStarted { get; private set; }

    public bool IsWildcard { get; private set; }

    /// <summary>Of the last response; empty before it.</summary>
    public string Nonce { get; private set; } = "";

    /// <summary>The last response is neither taken nor refused yet. Until it is, nothing else of this type is sent, and so nothing queues up.</summary>
    public bool IsAwaitingAnswer { get; private set; }

    /// <summary>An answer is due even if there is nothing to say.</summary>
    public bool MustAnswer { get; private set; }

    public int NameCount => _names.Count;

    /// <summary>In state of the world, responses of this type are everything there is.</summary>
    public bool IsWhole => type is ResourceType.Cluster or ResourceType.Listener;

    public TypeStatus Status => new(type, _sentVersion, _acknowledgedVersion, IsWildcard ? -1 : _names.Count, _rejection);

    public bool Wants(string name) => IsWildcard || _names.Contains(name);

    /// <summary>The first request of its type, which is always answered.</summary>
    /// <param name="brought">Versions that the proxy has from an earlier stream.</param>
    public void Start(IReadOnlyCollection<string> names, IReadOnlyDictionary<string, string> brought)
    {
        IsStarted = true;
        MustAnswer = true;
        _brought = brought.Count > 0 ? new Dictionary<string, string>(brought, StringComparer.Ordinal) : null;

        // Only of listeners and clusters there is an "all" that needs no asking; an empty list of anything else is none.
        IsWildcard = names.Count == 0 && IsWhole;
        foreach (var name in names)
        {
            Add(name);
        }
    }

    public void Add(string name)
    {
        _hasNamed = true;
        if (name != "*")
        {
            _names.Add(name);
            _owed.Add(name);
            return;
        }

        // Everything is sent again; what was named may be gone by now, which nobody would tell if it were not owed.
        IsWildcard = true;
        MustAnswer = true;
        _owed.UnionWith(_names);
        _sent = ResourceSet.Empty;
    }

    public void Remove(string name)
    {
        if (name == "*")
        {
            IsWildcard = false;
            return;
        }

        // Still covered by the wildcard: the proxy has dropped it and is told again.
        if (_names.Remove(name) && IsWildcard)
        {
            _owed.Add(name);
        }
        else
        {
            _owed.Remove(name);
        }
    }

    /// <summary>State of the world names everything each time.</summary>
    public void Replace(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0 && !_hasNamed)
        {
            return;
        }

        var wanted = names.ToHashSet(StringComparer.Ordinal);
        var added = wanted.Where(name => name == "*" ? !IsWildcard : !_names.Contains(name)).ToList();
        IsWildcard = wanted.Contains("*");
        _names.IntersectWith(wanted);
        _owed.IntersectWith(wanted);
        foreach (var name in added)
        {
            Add(name);
        }

        // Their responses are the whole world, in which what is missing does not exist: the new names are answered even if it is with nothing.
        MustAnswer |= added.Count > 0 && IsWhole;
    }

    /// <summary>To be sent again although it did not change, if it is wanted.</summary>
    public void Owe(string name)
    {
        if (_names.Contains(name))
        {
            _owed.Add(name);
            _brought?.Remove(name);
        }
    }

    /// <param name="reason">Null is an ACK. A refused version is not sent again: only another one is.</param>
    public void Answer(string? reason)
    {
        IsAwaitingAnswer = false;
        _rejection = reason;
        if (reason is null)
        {
            _acknowledgedVersion = _sentVersion;
        }
    }

    /// <summary>What the proxy lacks; from here on it counts as sent.</summary>
    /// <param name="isKeepingRemoved">Names that are gone are not told yet: <see cref="TakeLeaving"/> is asked for them later.</param>
    public ResourceChanges Take(ResourceSet current, bool isKeepingRemoved = false)
    {
        var changes = _brought is null ? current.ChangesSince(_sent) : SinceBrought(current, _brought);
        var updated = ImmutableArray.CreateBuilder<GeneratedResource>();
        var removed = ImmutableArray.CreateBuilder<string>();
        foreach (var resource in changes.Updated)
        {
            if (Wants(resource.Name))
            {
                updated.Add(resource);
                _owed.Remove(resource.Name);
                _leaving.Remove(resource.Name);
            }
        }

        foreach (var name in changes.Removed)
        {
            if (isKeepingRemoved && !_owed.Contains(name))
            {
                _leaving.Add(name);
            }
            else if (Wants(name))
            {
                removed.Add(name);
                _owed.Remove(name);
            }
        }

        foreach (var name in _owed.Order(StringComparer.Ordinal))
        {
            if (current.Find(name) is not { } resource)
            {
                removed.Add(name);
            }
            else if (_brought?.GetValueOrDefault(name) != resource.Version)
            {
                updated.Add(resource);
            }
        }

        _owed.Clear();
        _brought = null;
        _sent = current;
        return new ResourceChanges(changes.Since, updated.ToImmutable(), removed.ToImmutable());
    }

    /// <summary>What <see cref="Take"/> kept back, as far as it is still wanted.</summary>
    public ImmutableArray<string> TakeLeaving()
    {
        ImmutableArray<string> names = [.. _leaving.Where(Wants).Order(StringComparer.Ordinal)];
        _leaving.Clear();
        return names;
    }

    public void Send(ResourceSet set, string nonce)
    {
        MustAnswer = false;
        IsAwaitingAnswer = true;
        _sentVersion = set.Version;
        _rejection = null;
        Nonce = nonce;
    }

    private static ResourceChanges SinceBrought(ResourceSet current, Dictionary<string, string> brought) => new(
        ResourceSet.Empty,
        [.. current.All.Where(resource => brought.GetValueOrDefault(resource.Name) != resource.Version)],
        [.. brought.Keys.Where(name => current.Find(name) is null).Order(StringComparer.Ordinal)]);
}
