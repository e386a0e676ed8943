using System.Collections.Immutable;
using Intercept.Xds.Resources;

namespace Intercept.Xds.Translation;

/// <summary>
/// One object for what ten thousand resources say alike: TLS parameters, labels, lists of notes. Given up now and then
/// rather than counted: what is lost by that is only that two equal objects exist.
/// </summary>
internal sealed class SharedValues
{
    private const int MostValues = 4096;

    private readonly Dictionary<object, object> _values = [];

    public T Of<T>(T value)
        where T : class
    {
        if (_values.TryGetValue(value, out var known))
        {
            return (T)known;
        }

        if (_values.Count >= MostValues)
        {
            _values.Clear();
        }

        _values.Add(value, value);
        return value;
    }

    public ImmutableArray<string> List(ImmutableArray<string> names) => names.IsEmpty ? names : Of(new Listed<string>(names)).Items;

    public ImmutableArray<IgnoredField> List(ImmutableArray<IgnoredField> fields) => fields.IsEmpty ? fields : Of(new Listed<IgnoredField>(fields)).Items;

    private sealed record Listed<T>(ImmutableArray<T> Items)
        where T : notnull
    {
        public bool Equals(Listed<T>? other) => other is not null && Items.AsSpan().SequenceEqual(other.Items.AsSpan(), EqualityComparer<T>.Default);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var item in Items)
            {
                hash.Add(item);
            }

            return hash.ToHashCode();
        }
    }
}
