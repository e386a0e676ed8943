using System.Collections.Immutable;
using Intercept.Core;
using Intercept.Core.Problems;
using Intercept.Xds.Transport;

namespace Intercept.Xds.Sidecars;

/// <summary>Reads single variables, and collects a problem for each that is missing or not of the allowed form.</summary>
internal sealed class SidecarVariables(SidecarInput input, ImmutableArray<Problem>.Builder problems)
{
    public const string Source = "environment";

    private readonly Dictionary<string, string> _more = new(StringComparer.Ordinal);

    /// <summary>All that are set; proxyMetadata fills in what the environment does not have.</summary>
    public IEnumerable<KeyValuePair<string, string>> All => input.Variables.Concat(_more.Where(entry => !input.Variables.ContainsKey(entry.Key)));

    /// <summary>A variable of the mesh's configuration, as if it were set.</summary>
    public void Add(string name, string value) => _more[name] = value;

    /// <summary>Null when it is not set, or empty: manifests leave variables empty that they do not use.</summary>
    public string? Find(string name) =>
        input.Variables.GetValueOrDefault(name) is { Length: > 0 } value || _more.TryGetValue(name, out value) ? value : null;

    /// <summary>The first of several names that is set; people come from several meshes.</summary>
    public (string Name, string Value)? FindAny(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Find(name) is { } value)
            {
                return (name, value);
            }
        }

        return null;
    }

    public string Require(string name, string allowed)
    {
        if (Find(name) is { } value)
        {
            return value;
        }

        Report(name, null, "is not set", allowed);
        return "";
    }

    public ServerAddress? Address(string name, string value)
    {
        var address = ServerAddress.TryParse(value);
        if (address is null)
        {
            Report(name, value, "is not an address", ServerAddress.Form);
        }

        return address;
    }

    public TimeSpan Duration(string name, TimeSpan fallback)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        if (GoDuration.TryParse(value, out var duration) && duration >= TimeSpan.FromSeconds(1))
        {
            return duration;
        }

        Report(name, value, "is not a duration of a second or more", "24h, 1h30m, 90s");
        return fallback;
    }

    /// <summary>A path of Istio's, which are below the root of the file system.</summary>
    public string Path(string path) => System.IO.Path.Combine(input.Root, path.TrimStart('.').TrimStart('/'));

    public void Report(string name, string? value, string why, string? allowed) => problems.Add(new Problem(Source, 0, name, value, why, allowed));
}
