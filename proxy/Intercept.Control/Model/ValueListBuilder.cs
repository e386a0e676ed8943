using System.Collections.Immutable;

namespace Intercept.Control.Model;

/// <summary>What collection expressions and sequences call.</summary>
internal static class ValueListBuilder
{
    public static ValueList<T> Create<T>(ReadOnlySpan<T> items) => new([.. items]);

    public static ValueList<T> ToValueList<T>(this IEnumerable<T> items) => new([.. items]);

    public static ValueList<T> ToValueList<T>(this ImmutableArray<T>.Builder items) => new(items.ToImmutable());
}
