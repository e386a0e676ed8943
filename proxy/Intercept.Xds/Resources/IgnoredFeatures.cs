using System.Collections.Immutable;
using Intercept.Mesh.Discovery;
using Intercept.Xds.Discovery;

namespace Intercept.Xds.Resources;

/// <summary>What has no effect in the accepted resources, and in how many of them.</summary>
internal sealed class IgnoredFeatures
{
    private readonly Dictionary<(ResourceType Type, IgnoredField Field), int> _counts = [];
    private ImmutableArray<IgnoredFeature>? _list;

    public ImmutableArray<IgnoredFeature> List => _list ??=
    [
        .. _counts.OrderBy(count => count.Key.Type).ThenBy(count => count.Key.Field.Field, StringComparer.Ordinal)
            .Select(count => new IgnoredFeature(TypeUrls.Of(count.Key.Type), count.Key.Field.Field, count.Key.Field.Reason, count.Value)),
    ];

    /// <summary>A resource has come, changed or gone. What did not change costs nothing.</summary>
    public void Replace(ResourceType type, ImmutableArray<IgnoredField> before, ImmutableArray<IgnoredField> now)
    {
        if (before == now)
        {
            return;
        }

        Count(type, before, -1);
        Count(type, now, 1);
        _list = null;
    }

    private void Count(ResourceType type, ImmutableArray<IgnoredField> fields, int by)
    {
        foreach (var field in fields)
        {
            var count = _counts.GetValueOrDefault((type, field)) + by;
            if (count == 0)
            {
                _counts.Remove((type, field));
            }
            else
            {
                _counts[(type, field)] = count;
            }
        }
    }
}
