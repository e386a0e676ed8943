using System.Collections.Immutable;
using Intercept.Core.Problems;
using Intercept.Mesh.Discovery;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>The resources whose latest version was refused, and why.</summary>
internal sealed class RefusedResources(TimeProvider time)
{
    // A list for people: whoever refuses thousands has one reason for it.
    private const int MostListed = 1000;

    private readonly Dictionary<(ResourceType Type, string Name), RefusedResource> _refused = [];
    private ImmutableArray<RefusedResource>? _list;

    public int Count => _refused.Count;

    public ImmutableArray<RefusedResource> List => _list ??=
    [
        .. _refused.OrderBy(refused => refused.Key.Type).ThenBy(refused => refused.Key.Name, StringComparer.Ordinal)
            .Take(MostListed).Select(refused => refused.Value),
    ];

    public void Add(ResourceType type, DiscoveredResource resource, ImmutableArray<Problem> problems)
    {
        // A flood is refused one by one, and each would be kept.
        if (_refused.Count >= MostListed && !_refused.ContainsKey((type, resource.Name)))
        {
            return;
        }

        _refused[(type, resource.Name)] = new RefusedResource(
            TypeUrls.Of(type), resource.Name, resource.Version, [.. problems.Select(Describe)], time.GetUtcNow());
        _list = null;
    }

    public void Remove(ResourceType type, string name)
    {
        if (_refused.Remove((type, name)))
        {
            _list = null;
        }
    }

    public IEnumerable<string> Names(ResourceType type) => _refused.Keys.Where(key => key.Type == type).Select(key => key.Name);

    private static string Describe(Problem problem) => (problem with { Source = "", Line = 0 }).ToString().TrimStart(':', ' ');
}
