using System.Collections.Immutable;
using System.Text;
using Intercept.Xds.Resources;

namespace Intercept.Xds.Translation;

/// <summary>What is found out about a resource on the way, apart from its problems.</summary>
/// <param name="provided">The secrets that a source of certificates of the proxy's own gives.</param>
internal sealed class TranslationNotes(SharedValues shared, ImmutableHashSet<string> provided)
{
    private const string Provided = "the proxy has a source of certificates of its own, which gives this secret";

    private readonly SortedDictionary<string, string> _ignored = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _secrets = new(StringComparer.Ordinal);

    public SharedValues Shared => shared;

    public void Ignore(string path, string reason) => _ignored.TryAdd(WithoutIndexes(path), reason);

    /// <param name="path">Where it says that the secret is to be asked for.</param>
    public void Ask(string secret, string path)
    {
        // Two who give one secret would take turns, and a control plane that was told not to be the CA would become it.
        if (provided.Contains(secret))
        {
            Ignore(path, Provided);
        }
        else
        {
            _secrets.Add(secret);
        }
    }

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
