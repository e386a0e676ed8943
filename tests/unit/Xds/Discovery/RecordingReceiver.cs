using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Xds.Discovery;

/// <summary>Keeps what it is given by the contract of a receiver, and writes down what it was told, a line for each call.</summary>
internal sealed class RecordingReceiver : IResourceReceiver
{
    private readonly Dictionary<ResourceType, Dictionary<string, string>> _versions = TypeUrls.All.ToDictionary(type => type, _ => new Dictionary<string, string>());
    private readonly Dictionary<ResourceType, Subscription> _wanted = [];
    private readonly List<string> _lines = [];

    /// <summary>Names of resources that are refused, with the reason as a clause.</summary>
    public Dictionary<string, string> Refused { get; } = [];

    /// <summary>Called with each batch, before it is answered: what a receiver wants depends on what it has.</summary>
    public Action<ResourceBatch>? Received { get; set; }

    /// <summary>All that was written down and not taken.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>What was written down since this was read last.</summary>
    public string[] TakeLines()
    {
        lock (_lines)
        {
            string[] lines = [.. _lines];
            _lines.Clear();
            return lines;
        }
    }

    public void Want(ResourceType type, params string[] names) => Want(type, Subscription.To([.. names]));

    public void Want(ResourceType type, Subscription subscription)
    {
        lock (_wanted)
        {
            _wanted[type] = subscription;
        }
    }

    public Subscription Wanted(ResourceType type)
    {
        lock (_wanted)
        {
            return _wanted.GetValueOrDefault(type, Subscription.None);
        }
    }

    public IReadOnlyDictionary<string, string> Versions(ResourceType type) => _versions[type];

    public ImmutableArray<Problem> Receive(ResourceBatch batch)
    {
        Note($"{batch.Type}{(batch.IsWhole ? " whole" : "")}: {string.Join(" ", batch.Updated.Select(Describe).Concat(batch.Removed.Select(name => "-" + name)))}".TrimEnd());
        var versions = _versions[batch.Type];
        if (batch.IsWhole)
        {
            foreach (var gone in versions.Keys.Except(batch.Updated.Select(resource => resource.Name)).ToList())
            {
                versions.Remove(gone);
            }
        }

        foreach (var resource in batch.Updated.Where(resource => !Refused.ContainsKey(resource.Name)))
        {
            versions[resource.Name] = resource.Version;
        }

        foreach (var name in batch.Removed)
        {
            versions.Remove(name);
        }

        Received?.Invoke(batch);
        return [.. batch.Updated.Where(resource => Refused.ContainsKey(resource.Name)).Select(resource =>
            new Problem(TypeUrls.Describe(batch.Type, resource.Name), 0, "field", null, Refused[resource.Name], null))];
    }

    public void Absent(ResourceType type, string name)
    {
        Note($"absent {type} {name}");
        _versions[type].Remove(name);
    }

    public void Connected(string? controlPlane) => Note($"connected to {controlPlane}");

    public void Disconnected(string why) => Note($"disconnected: {why}");

    private static string Describe(DiscoveredResource resource) => $"{resource.Name}={resource.Version}";

    private void Note(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }
}
