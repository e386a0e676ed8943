using System.Collections.Immutable;
using Intercept.Control.Manifests;
using Intercept.Core.Problems;

namespace Intercept.Control.Kubernetes;

/// <summary>
/// What all watches know at this moment. Of an object that has become wrong the last good version is kept, and what is
/// wrong with it beside that. Thread safe.
/// </summary>
internal sealed class ObjectStore(IEnumerable<ManifestKind> kinds, Action changed)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, KindState> _kinds = kinds.ToDictionary(kind => kind.Kind, _ => new KindState());

    /// <summary>Takes a whole list: what is not in it is gone, whether or not its deletion was ever seen.</summary>
    public void Replace(ManifestKind kind, IReadOnlyDictionary<ObjectKey, ManifestReading> objects)
    {
        lock (_lock)
        {
            var state = _kinds[kind.Kind];
            state.Objects = objects.ToDictionary(item => item.Key, item => Merge(state.Objects.GetValueOrDefault(item.Key), item.Value));
            state.IsKnown = true;
            state.IsAbsent = false;
            state.Failure = null;
        }

        changed();
    }

    public void Put(ManifestKind kind, ObjectKey key, ManifestReading reading)
    {
        lock (_lock)
        {
            var objects = _kinds[kind.Kind].Objects;
            objects[key] = Merge(objects.GetValueOrDefault(key), reading);
        }

        changed();
    }

    public void Remove(ManifestKind kind, ObjectKey key)
    {
        lock (_lock)
        {
            _kinds[kind.Kind].Objects.Remove(key);
        }

        changed();
    }

    /// <summary>The API server has no such kind: its custom resource is not installed.</summary>
    public void Absent(ManifestKind kind)
    {
        lock (_lock)
        {
            var state = _kinds[kind.Kind];
            state.Objects.Clear();
            state.IsKnown = true;
            state.IsAbsent = true;
            state.Failure = null;
        }

        changed();
    }

    /// <summary>The kind cannot be read now. What is known of it stays in force.</summary>
    /// <param name="failure">Null when it can be read again.</param>
    public void Failed(ManifestKind kind, Problem? failure)
    {
        lock (_lock)
        {
            var state = _kinds[kind.Kind];
            if (state.Failure == failure)
            {
                return;
            }

            state.Failure = failure;
        }

        changed();
    }

    public ObjectSnapshot Take()
    {
        lock (_lock)
        {
            var stored = _kinds.Values.SelectMany(state => state.Objects.Values).ToList();
            return new ObjectSnapshot(
                _kinds.Values.All(state => state.IsKnown),
                [.. stored.Select(item => item.Good).OfType<ManifestObject>()],
                [
                    .. _kinds.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => kind.Value.Failure).OfType<Problem>(),
                    .. stored.SelectMany(item => item.Problems).OrderBy(problem => problem.Source, StringComparer.Ordinal),
                ],
                [.. stored.SelectMany(item => item.Warnings).OrderBy(problem => problem.Source, StringComparer.Ordinal)],
                _kinds.Where(kind => !kind.Value.IsAbsent).ToImmutableSortedDictionary(kind => kind.Key, kind => kind.Value.Objects.Count, StringComparer.Ordinal));
        }
    }

    private static Stored Merge(Stored? before, ManifestReading reading) => reading.Problems.IsEmpty
        ? new Stored(reading.Objects.SingleOrDefault(), [], reading.Warnings)
        : new Stored(before?.Good, reading.Problems, reading.Warnings);

    private sealed record Stored(ManifestObject? Good, ImmutableArray<Problem> Problems, ImmutableArray<Problem> Warnings);

    private sealed class KindState
    {
        public Dictionary<ObjectKey, Stored> Objects { get; set; } = [];

        public bool IsKnown { get; set; }

        public bool IsAbsent { get; set; }

        public Problem? Failure { get; set; }
    }
}
