using System.Collections.Immutable;
using System.Text;
using Intercept.Xds.Resources;

namespace Intercept.Xds.Translation;

/// <summary>What is found out about a resource on the way, apart from its problems.</summary>
internal sealed class TranslationNotes(SharedValues shared)
{
    private readonly SortedDictionary<string, string> _ignored = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _secrets = new(StringComparer.Ordinal);

    public SharedValues Shared => shared;

    public void Ignore(string path, string reason) => _ignored.TryAdd(WithoutIndexes(path), reason);

    public void Ask(string secret) => _secrets.Add(secret);

    public ImmutableArray<IgnoredField> Ignored() => shared.List([.. _ignored.Select(field => new IgnoredField(field.Key, field.Value))]);

    public ImmutableArray<string> Secrets() => shared.List([.. _secrets]);

    // The same field of every item of a list is one thing to know.
    private static string WithoutIndexes(string path)
    {
        if (!path.Contains('[', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        var isIndex = false;
        foreach (var c in path)
        {
            isIndex &= c != ']';
            if (!isIndex)
            {
                text.Append(c);
            }

            isIndex |= c == '[';
        }

        return text.ToString();
    }
}
