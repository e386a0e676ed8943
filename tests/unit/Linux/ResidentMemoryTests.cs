using Intercept.Linux;

namespace Intercept.Tests.Unit.Linux;

public sealed class ResidentMemoryTests
{
    [Fact]
    public void Lets_go_of_what_was_only_read_and_finds_it_again()
    {
        var before = ResidentFiles();

        Assert.InRange(ResidentMemory.ReleaseUnused(), 1 << 20, long.MaxValue);
        Assert.InRange(ResidentFiles(), 0, before - 1000);

        // Code that was let go of runs as before.
        Assert.Equal("AQID", Convert.ToBase64String([1, 2, 3]));
    }

    // Kilobytes.
    private static long ResidentFiles() =>
        long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssFile:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], null);
}
