using System.Globalization;

namespace Intercept.Control.Generation.Traffic;

/// <summary>HOST or HOST:PORT, as Linkerd writes the targets of a profile.</summary>
internal static class Authority
{
    public static (string Host, int? Port) Split(string authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon > 0 && int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (authority[..colon], port)
            : (authority, null);
    }
}
