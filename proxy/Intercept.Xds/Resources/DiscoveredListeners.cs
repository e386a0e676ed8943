using System.Collections.Immutable;
using Intercept.Core.Addressing;
using Intercept.Mesh.Listeners;
using Intercept.Xds.Translation;

namespace Intercept.Xds.Resources;

/// <summary>
/// Listeners, each at addresses of its own. A new or changed one takes the place of the one before when its secrets are
/// there; one that cannot be used and never could keeps its place as a refused listener.
/// </summary>
/// <param name="ofBootstrap">They stay, and nothing replaces them.</param>
/// <param name="isSecretThere">Whether a secret of the control plane has come, or will not.</param>
internal sealed class DiscoveredListeners(ImmutableArray<Listener> ofBootstrap, Func<string, bool> isSecretThere)
{
    // Beyond, one stands for all: a refused listener without an address closes whatever has no listener of its own.
    private const int MostRefused = 10_000;

    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RefusedListener> _refused = new(StringComparer.Ordinal);
    private readonly Dictionary<(NetEndpoint Address, bool IsBound), string> _takenBy = TakenByBootstrap(ofBootstrap);
    private readonly SortedSet<string> _warming = new(StringComparer.Ordinal);
    private ImmutableArray<Listener>? _active;
    private ImmutableArray<RefusedListener>? _refusedList;

    public ImmutableArray<Listener> Active => _active ??=
        [.. ofBootstrap, .. _entries.Values.Select(entry => entry.Active).OfType<Listener>()];

    /// <summary>Also those that were never in use and wait: until they serve, nobody else may serve what is theirs.</summary>
    public ImmutableArray<RefusedListener> Refused => _refusedList ??=
        [.. _refused.Values.Select(ToFree).OfType<RefusedListener>(), .. _warming.Select(name => _entries[name]).Where(entry => entry.Active is null).Select(ToWaiting)];

    public ImmutableArray<string> Warming => [.. _warming];

    public bool IsWarm => _warming.Count == 0;

    /// <summary>The listener that a connection to this address would arrive at.</summary>
    public string? BoundAt(NetAddress host, ushort port)
    {
        if (_takenBy.TryGetValue((new NetEndpoint(host, port), true), out var name) || !(host.IsLoopback || host.IsUnspecified))
        {
            return name;
        }

        return _takenBy.GetValueOrDefault((new NetEndpoint(host.IsIPv6 ? NetAddress.AnyIPv6 : NetAddress.AnyIPv4, port), true));
    }

    public bool IsOfBootstrap(string name) => ofBootstrap.Any(listener => listener.Name == name);

    /// <summary>Gives up the addresses of listeners that are about to change, so that they may change places.</summary>
    public void Vacate(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (_entries.TryGetValue(name, out var entry))
            {
                Leave(entry.Accepted);
            }
        }
    }

    /// <summary>Whose address it would take as well; null when it may have them.</summary>
    public (NetEndpoint Address, string Name)? Conflict(Listener listener)
    {
        foreach (var address in listener.Addresses)
        {
            if (address.Port != 0 && _takenBy.TryGetValue((address, listener.BindsToPort), out var name) && name != listener.Name)
            {
                return (address, name);
            }
        }

        return null;
    }

    /// <summary>Puts a listener at its addresses; they are free.</summary>
    public void Put(Listener listener, ImmutableArray<string> secrets)
    {
        Take(listener);
        var before = _entries.GetValueOrDefault(listener.Name)?.Active;
        _entries[listener.Name] = new Entry(listener, secrets, before);
        _refused.Remove(listener.Name);
        Activate(listener.Name);
    }

    /// <summary>Keeps the last good version where it was, if there is one and nobody else is there by now.</summary>
    public void Refuse(RefusedListener refused)
    {
        if (_entries.TryGetValue(refused.Name, out var entry) && Conflict(entry.Accepted) is null)
        {
            Take(entry.Accepted);
            return;
        }

        Drop(refused.Name);
        var kept = _refused.Count < MostRefused || _refused.ContainsKey(refused.Name)
            ? refused
            : new RefusedListener("(more)", [], TrafficDirection.Unspecified, BindsToPort: false, $"is one of more than {MostRefused} that are refused");
        _refused[kept.Name] = kept;
        _refusedList = null;
    }

    public void Remove(string name)
    {
        Vacate([name]);
        Drop(name);
        if (_refused.Remove(name))
        {
            _refusedList = null;
        }
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
        _refusedList = null;
        if (!entry.Secrets.All(isSecretThere))
        {
            _warming.Add(name);
            return;
        }

        _warming.Remove(name);
        _entries[name] = entry with { Active = Reuse.Keep(entry.Active, entry.Accepted) };
        _active = null;
    }

    // At an address that a good listener has, that one serves: a refusal takes nothing from others.
    private RefusedListener? ToFree(RefusedListener refused)
    {
        var free = refused.Addresses.RemoveAll(address => _takenBy.ContainsKey((address, refused.BindsToPort)));
        return free.Length == refused.Addresses.Length ? refused : free.IsEmpty ? null : refused with { Addresses = free };
    }

    private static RefusedListener ToWaiting(Entry entry) => new(
        entry.Accepted.Name, entry.Accepted.Addresses, entry.Accepted.Direction, entry.Accepted.BindsToPort,
        $"waits for its secrets: {string.Join(", ", entry.Secrets)}");

    private void Drop(string name)
    {
        if (_entries.Remove(name))
        {
            _warming.Remove(name);
            (_active, _refusedList) = (null, null);
        }
    }

    private void Take(Listener listener)
    {
        foreach (var address in listener.Addresses.Where(address => address.Port != 0))
        {
            _takenBy.TryAdd((address, listener.BindsToPort), listener.Name);
        }

        _refusedList = null;
    }

    private void Leave(Listener listener)
    {
        _refusedList = null;
        foreach (var address in listener.Addresses)
        {
            if (_takenBy.GetValueOrDefault((address, listener.BindsToPort)) == listener.Name)
            {
                _takenBy.Remove((address, listener.BindsToPort));
            }
        }
    }

    private static Dictionary<(NetEndpoint Address, bool IsBound), string> TakenByBootstrap(ImmutableArray<Listener> listeners)
    {
        var taken = new Dictionary<(NetEndpoint Address, bool IsBound), string>();
        foreach (var listener in listeners)
        {
            foreach (var address in listener.Addresses)
            {
                taken.TryAdd((address, listener.BindsToPort), listener.Name);
            }
        }

        return taken;
    }

    /// <param name="Accepted">The latest good version.</param>
    /// <param name="Active">The one in use, which may be older; null when there is none yet.</param>
    private sealed record Entry(Listener Accepted, ImmutableArray<string> Secrets, Listener? Active);
}
