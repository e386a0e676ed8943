using System.Globalization;
using Intercept.Capture.Configuration;

namespace Intercept.Init;

/// <summary>Names from the files of this container: a lookup through NSS can go to the network, which may not be there yet.</summary>
internal static class HostLookup
{
    public static HostFacts Facts() => new(
        name => Find("/etc/passwd", name),
        name => Find("/etc/group", name),
        ReadOrEmpty("/etc/resolv.conf"));

    // Both files: name, password, number.
    private static uint? Find(string path, string name)
    {
        foreach (var line in ReadOrEmpty(path).Split('\n'))
        {
            if (line.Split(':') is [var entry, _, var number, ..] && entry == name
                && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                return id;
            }
        }

        return null;
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
