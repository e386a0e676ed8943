using System.Globalization;

namespace Intercept.Linux;

/// <summary>What of this process is in memory, and how to have less of it there.</summary>
public static class ResidentMemory
{
    private const int DontNeed = 4;

    /// <summary>
    /// Lets go of the pages of programs and libraries that were only read, and of what malloc holds in reserve. What is
    /// used again comes back from the page cache at the price of a minor fault; the code of a start does not.
    /// </summary>
    /// <returns>Bytes of mappings that were let go of.</returns>
    public static long ReleaseUnused()
    {
        _ = Libc.malloc_trim(0);
        var released = 0L;
        foreach (var (start, length) in ReadOnlyFiles())
        {
            released += Libc.madvise(start, (nuint)length, DontNeed) == 0 ? length : 0;
        }

        return released;
    }

    // A page that was written to, as relocations are, exists nowhere but here: a mapping with any of those stays whole.
    private static List<(nint Start, long Length)> ReadOnlyFiles()
    {
        var found = new List<(nint Start, long Length)>();
        (nint Start, long Length)? mapping = null;
        foreach (var line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Length > 0 && char.IsAsciiHexDigitLower(line[0]))
            {
                mapping = Mapping(line);
            }
            else if (mapping is { } one && line.StartsWith("Anonymous:", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == "0")
            {
                found.Add(one);
            }
        }

        return found;
    }

    // "7f0000000000-7f0000001000 r-xp 00000000 08:01 1234   /lib/libc.so.6"; null unless a file that cannot be written to.
    private static (nint Start, long Length)? Mapping(string line)
    {
        var words = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 6 || !words[5].StartsWith('/') || words[1][0] != 'r' || words[1][1] == 'w')
        {
            return null;
        }

        var ends = words[0].Split('-');
        var start = nint.Parse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (start, nint.Parse(ends[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - start);
    }
}
