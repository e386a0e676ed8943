using System.Collections.Immutable;

namespace Intercept.Mesh;

/// <summary>
/// Record equality compares ImmutableArrays by reference. The snapshot's records compare their contents instead, so
/// that a reload which says the same thing keeps the object it already has.
/// </summary>
internal static class ContentEquality
{
    public static bool SameAs<T>(this ImmutableArray<T> left, ImmutableArray<T> right) =>
        left == right || (!left.IsDefault && !right.IsDefault && left.AsSpan().SequenceEqual(right.AsSpan(), EqualityComparer<T>.Default));
}
