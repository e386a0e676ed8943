using System.Collections.Immutable;

namespace Intercept.Xds.Discovery;

/// <summary>
/// What a receiver wants of one type. A receiver that wants the same as before answers with the same object: then
/// nothing is compared.
/// </summary>
internal sealed class Subscription
{
    /// <summary>The name that stands for everything.</summary>
    public const string WildcardName = "*";

    public static readonly Subscription None = new([], isWildcard: false);

    public static readonly Subscription Wildcard = new([], isWildcard: true);

    private Subscription(ImmutableHashSet<string> names, bool isWildcard)
    {
        Names = names;
        IsWildcard = isWildcard;
    }

    /// <summary>Empty with a wildcard.</summary>
    public ImmutableHashSet<string> Names { get; }

    public bool IsWildcard { get; }

    public bool IsNone => !IsWildcard && Names.IsEmpty;

    public static Subscription To(ImmutableHashSet<string> names) => names.IsEmpty ? None : new Subscription(names, isWildcard: false);

    public bool Covers(string name) => IsWildcard || Names.Contains(name);
}
