using System.Collections.Immutable;
using Intercept.Mesh.Tls;

namespace Intercept.Xds.Resources;

/// <summary>The secrets that the control plane sends: put into the store that everything reads from, and kept nowhere else.</summary>
internal sealed class DiscoveredSecrets(SecretStore store)
{
    /// <summary>As the secrets name it.</summary>
    public const string Origin = "ADS";

    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);

    public ImmutableDictionary<string, string> Versions { get; private set; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>It has come, or it is known that it will not: nobody needs to wait for it.</summary>
    public bool IsThere(string name) => IsHere(name) || _absent.Contains(name);

    public void Put(Secret secret, string version)
    {
        store.Put(secret);
        _absent.Remove(secret.Name);
        Versions = Versions.SetItem(secret.Name, version);
    }

    /// <summary>Taken away: whoever names it has none, and closes its connections.</summary>
    public void Remove(string name)
    {
        if (IsHere(name))
        {
            store.Remove(name);
            Versions = Versions.Remove(name);
        }

        _absent.Add(name);
    }

    /// <summary>It does not come; one that came before stays.</summary>
    public void Miss(string name)
    {
        if (!IsHere(name))
        {
            _absent.Add(name);
        }
    }

    // By this client or by one before it, which followed another bootstrap.
    private bool IsHere(string name) => Versions.ContainsKey(name) || store.Find(name) is { Origin: Origin };
}
