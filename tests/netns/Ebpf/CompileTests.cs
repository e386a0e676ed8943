using Intercept.Tests.Netns.Capture.World;

namespace Intercept.Tests.Netns.Ebpf;

/// <summary>intercept-init compile, with the kernel that is to take what it makes.</summary>
public sealed class CompileTests
{
    [SkippableFact]
    public async Task What_is_compiled_is_loaded_before_it_is_written()
    {
        EbpfWorld.Need();
        using var place = new Place();
        var finished = await Programs.RunAsync(Checkout.Init, "compile", "--file", place.File);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.EndsWith("this kernel takes it\n", finished.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(place.File));
    }

    [SkippableFact]
    public async Task What_cannot_be_loaded_is_not_written_unless_that_is_asked_for()
    {
        EbpfWorld.Need();
        using var place = new Place();
        string[] powerless = ["setpriv", "--bounding-set", "-bpf,-sys_admin", "--", Checkout.Init, "compile", "--file", place.File];
        var finished = await Programs.RunAsync(powerless[0], powerless[1..]);
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("compiled, and not written", finished.Error, StringComparison.Ordinal);
        Assert.Contains("--no-load", finished.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(place.File));

        finished = await Programs.RunAsync(powerless[0], [.. powerless[1..], "--no-load"]);
        Assert.True(finished.ExitCode == 0, finished.Said);
        Assert.True(File.Exists(place.File));
    }

    [SkippableTheory]
    [InlineData("bpf", "bpf/bpf_", "apt-get install libbpf-dev")]
    [InlineData("linux", "linux/bpf.h", "apt-get install linux-libc-dev")]
    public async Task A_missing_header_is_named_with_its_package(string hidden, string header, string package)
    {
        EbpfWorld.Need();
        var finished = await Programs.RunAsync(
            "unshare", "--mount", "sh", "-euc", $"mount -t tmpfs none /usr/include/{hidden}; exec {Checkout.Init} compile --check --no-load");
        Assert.Equal(1, finished.ExitCode);
        Assert.Contains(header, finished.Error, StringComparison.Ordinal);
        Assert.Contains(package, finished.Error, StringComparison.Ordinal);
    }

    private sealed class Place : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("intercept-compiled-");

        public string File => Path.Combine(_directory.FullName, "capture.bpf.o");

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
